/** A pyproject.toml (or another TOML file of a package) with typed access to its values; a value of the wrong type is noted as a problem and passed over. */
import { type InvalidRequirement, parseRequirement } from '../requirements/requirement.js';
import { tomlLines } from '../toml/lines.js';
import { InvalidToml, isTomlTable, readToml, type TomlTable, type TomlValue, tomlAt } from '../toml/read.js';
import { BrokenManifest } from './broken-manifest.js';
import type { DeclaredRequirement, ManifestProblem, Place } from './manifest.js';

/** Characters; the longest that people write have some hundreds. */
const MAX_REQUIREMENT = 20_000;
const SHOWN = 200;

export type TomlPath = readonly string[];

export interface PlacedText {
  readonly text: string;
  readonly at: Place;
}

export class PyprojectFile {
  readonly problems: ManifestProblem[] = [];
  private readonly table: TomlTable;
  private readonly lineOf: ReturnType<typeof tomlLines>;

  /** @throws {BrokenManifest} */
  constructor(
    text: string,
    readonly name = 'pyproject.toml',
  ) {
    this.table = parse(text, name);
    this.lineOf = tomlLines(text);
  }

  at(path: TomlPath, index?: number): Place {
    return { file: this.name, line: this.lineOf(path, index) };
  }

  value(path: TomlPath): TomlValue | undefined {
    return tomlAt(this.table, path);
  }

  has(path: TomlPath): boolean {
    return this.value(path) !== undefined;
  }

  string(path: TomlPath): string | undefined {
    const value = this.value(path);
    if (value === undefined || typeof value === 'string') return value;
    return this.refuse(path, 'a string');
  }

  boolean(path: TomlPath): boolean | undefined {
    const value = this.value(path);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.refuse(path, 'true or false');
  }

  tableAt(path: TomlPath): TomlTable | undefined {
    const value = this.value(path);
    if (value === undefined || isTomlTable(value)) return value;
    return this.refuse(path, 'a table');
  }

  keys(path: TomlPath): readonly string[] {
    return Object.keys(this.tableAt(path) ?? {});
  }

  /** The strings of an array, each with its line. */
  texts(path: TomlPath): readonly PlacedText[] | undefined {
    const value = this.value(path);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.refuse(path, 'an array of strings');
    return value.flatMap((item, index) => {
      const at = this.at(path, index);
      if (typeof item === 'string') return [{ text: item, at }];
      this.problems.push({ message: `\`${path.join('.')}\` must hold strings only`, at });
      return [];
    });
  }

  strings(path: TomlPath): readonly string[] | undefined {
    return this.texts(path)?.map(({ text }) => text);
  }

  /** The requirements of an array; those that do not parse are noted and left out. */
  requirements(path: TomlPath): readonly DeclaredRequirement[] | undefined {
    const texts = this.texts(path);
    return texts && parseRequirements(texts, this.problems);
  }

  private refuse(path: TomlPath, expected: string): undefined {
    this.problems.push({ message: `\`${path.join('.')}\` must be ${expected}`, at: this.at(path) });
    return undefined;
  }
}

function parse(text: string, file: string): TomlTable {
  try {
    return readToml(text);
  } catch (error) {
    if (error instanceof InvalidToml) throw new BrokenManifest(error.reason, { file, line: error.line });
    throw error;
  }
}

/** @param problems takes one for each text that is no requirement */
export function parseRequirements(texts: readonly PlacedText[], problems: ManifestProblem[]): DeclaredRequirement[] {
  return texts.flatMap(({ text, at }) => {
    if (text.length > MAX_REQUIREMENT) {
      problems.push({ message: `"${shortened(text)}" is too long for a requirement: ${text.length} characters`, at });
      return [];
    }
    try {
      return [{ requirement: parseRequirement(text), at }];
    } catch (error) {
      const reason = (error as InvalidRequirement).message;
      problems.push({ message: `"${shortened(text)}" is not a requirement: ${shortened(reason)}`, at });
      return [];
    }
  });
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
