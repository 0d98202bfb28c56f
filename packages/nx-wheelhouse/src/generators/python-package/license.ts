/** Licences by their SPDX identifiers: which there are, and their texts with year and holder. */
import type { NewPackage } from './options.js';

/**
 * The identifier as SPDX spells it today; letter case makes no difference.
 * @returns `undefined` for what SPDX does not list
 * @see SPDX specification, "SPDX license expressions", "Case sensitivity"
 */
export function spdxIdentifier(identifier: string): string | undefined {
  const identifiers = Object.keys(require('spdx-license-list') as object);
  const listed = identifiers.find((one) => one.toLowerCase() === identifier.toLowerCase());
  // GPL-3.0 and GPL-3.0+ are deprecated: whether later versions would do is said in words now.
  return listed?.replace(/^([AL]?GPL-\d\.\d)(\+?)$/, (_, gpl, plus) => `${gpl}-${plus ? 'or-later' : 'only'}`);
}

/**
 * Where licences leave their copyright line to fill in, the line's first words in front. What else they say is to be kept word for word:
 * the line in the appendix of the GPL ("name of author") is an example.
 */
const BLANKS: readonly RegExp[] = [
  /^(Copyright(?: \(c\)| ©)?) [<[](?:year|yyyy)[>\]],? [<[](?:copyright holders?|holders|owner|owner organization name|name of copyright (?:owner|holder))[>\]](?:\.? ?$)?/im,
  /^(Copyright \(C\)) YEAR by AUTHOR EMAIL$/m,
  // ISC is listed with its first holders.
  /^(Copyright \(c\)) 2004-2010 by Internet Systems.*\nCopyright \(c\) 1995-2003 by Internet Software.*$/m,
];

/**
 * The text for the file LICENSE.
 * @param year of the copyright line
 */
export function licenseText({ license, author, name }: NewPackage, year: number): string | undefined {
  if (license === undefined) return undefined;
  const { licenseText: text } = require(`spdx-license-list/licenses/${license}`) as { licenseText: string };
  const holder = author ?? `The ${name} authors`;
  const filled = BLANKS.reduce(
    (whole, blank) => whole.replace(blank, (_, copyright) => `${copyright} ${year} ${holder}`),
    text,
  );
  return `${filled.trim()}\n`;
}
