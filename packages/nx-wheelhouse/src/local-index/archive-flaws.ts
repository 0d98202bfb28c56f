/** What is wrong inside a dist though it can be read: files that are not those it lists, licences and entry points that lead nowhere. */
import {
  type CheckedWheel,
  entryPointProblems,
  type SourceDistribution,
  type Wheel,
} from '@nx-wheelhouse/python-packaging';

/**
 * @returns one sentence per flaw
 * @see Binary distribution format, "The .dist-info directory"; PEP 639, "License-File"; Entry points specification
 */
export function wheelFlaws({ metadata, files, recordProblem, entryPoints = '' }: CheckedWheel): string[] {
  const licences = files.flatMap((file) => /^[^/]+\.dist-info\/licenses\/(.+)$/.exec(file)?.[1] ?? []);
  return [
    ...(recordProblem === undefined ? [] : [recordProblem]),
    ...missingLicences(metadata, licences),
    ...entryPointProblems(entryPoints),
  ];
}

export function sdistFlaws({ metadata, files }: SourceDistribution): string[] {
  return missingLicences(metadata, files);
}

/** Before metadata version 2.4 tools wrote the field too, and put the files elsewhere. */
function missingLicences({ metadataVersion, licenseFiles }: Wheel['metadata'], there: readonly string[]): string[] {
  if (Number(metadataVersion) < 2.4) return [];
  const missing = licenseFiles.filter((file) => !there.includes(file));
  return missing.map((file) => `its licence file ${file} is not in it`);
}
