/** What is wrong inside a dist though it can be read: files that are not those it lists, licences and entry points that lead nowhere. */
import { type SourceDistribution, UnsafeArchive, verifyWheel, type Wheel } from '@nx-wheelhouse/python-packaging';

/**
 * Reads the whole wheel.
 * @param path of the wheel
 * @param wheel what has been read of it already
 * @returns one sentence per flaw
 * @see Binary distribution format, "The .dist-info directory"; PEP 639, "License-File"; Entry points specification
 */
export async function wheelFlaws(path: string, { metadata, files, entryPoints = '' }: Wheel): Promise<string[]> {
  const flaws: string[] = [];
  try {
    await verifyWheel(path);
  } catch (error) {
    if (!(error instanceof UnsafeArchive)) throw error;
    flaws.push(error.message);
  }
  const licences = files.flatMap((file) => /^[^/]+\.dist-info\/licenses\/(.+)$/.exec(file)?.[1] ?? []);
  return [...flaws, ...missingLicences(metadata, licences), ...entryPointFlaws(entryPoints)];
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

/** `module:object.attribute [extra]`, the extras of old. */
const OBJECT_REFERENCE = /^[\p{L}_][\p{L}\p{N}_.]*\s*(:\s*[\p{L}_][\p{L}\p{N}_.]*)?\s*(\[[^\]]*\])?$/u;

function entryPointFlaws(text: string): string[] {
  const flaws: string[] = [];
  const names = new Set<string>();
  let group = '';
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    if (line === '' || /^[#;]/.test(line)) continue;
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      group = header.trim();
      continue;
    }
    const [name = '', ...rest] = line.split('=').map((part) => part.trim());
    const reference = rest.join('=');
    const isScript = group === 'console_scripts' || group === 'gui_scripts';
    if (!OBJECT_REFERENCE.test(reference) || (isScript && !reference.includes(':'))) {
      flaws.push(`its entry point "${line}" in [${group}] names no object`);
    }
    if (names.has(`${group}\0${name}`)) flaws.push(`its entry point ${name} stands twice in [${group}]`);
    names.add(`${group}\0${name}`);
  }
  return flaws;
}
