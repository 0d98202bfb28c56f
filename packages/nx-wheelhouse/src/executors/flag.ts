/** A yes-or-no option. Nx hands `--option=true` to a batch as the text it was typed as, whatever the schema says. */
export function isSet(option: boolean | string | undefined): boolean {
  return option === true || option === 'true';
}
