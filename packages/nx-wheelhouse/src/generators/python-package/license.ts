/** Licences by their SPDX identifiers: which there are, and their texts with year and holder. */
import type { NewPackage } from './options.js';

export function isKnownLicense(identifier: string): boolean {
  return Object.hasOwn(require('spdx-license-list') as object, identifier);
}

/** Where the licence leaves a blank for the copyright line; other licences are to be kept word for word. */
const BLANKS: readonly [RegExp, (year: number, holder: string) => string][] = [
  [/^Copyright \(c\) <year> <(?:copyright holders|owner)>\.? ?$/m, (year, holder) => `Copyright (c) ${year} ${holder}`],
  [/^Copyright \(C\) YEAR by AUTHOR EMAIL$/m, (year, holder) => `Copyright (C) ${year} by ${holder}`],
  [/^Copyright \[yyyy\] \[name of copyright owner\]$/m, (year, holder) => `Copyright ${year} ${holder}`],
  [
    /^Copyright \(c\) 2004-2010 by Internet Systems.*\nCopyright \(c\) 1995-2003 by Internet Software.*$/m,
    (year, holder) => `Copyright (c) ${year} ${holder}`,
  ],
];

/**
 * The text for the file LICENSE.
 * @param year of the copyright line
 */
export function licenseText({ license, author, name }: NewPackage, year: number): string | undefined {
  if (license === undefined) return undefined;
  const { licenseText: text } = require(`spdx-license-list/licenses/${license}`) as { licenseText: string };
  const holder = author ?? `The ${name} authors`;
  const filled = BLANKS.reduce((whole, [blank, line]) => whole.replace(blank, () => line(year, holder)), text);
  return `${filled.trim()}\n`;
}
