/** A YAML document as a tree that knows where in the text everything stands. */
import { EVENT_ID, type Event, getScalarValue, parseEvents, YAMLException } from 'js-yaml';

/** Places are offsets into the text; `end` is behind the last character, quotes included. */
export type YamlNode =
  | {
      readonly kind: 'scalar';
      readonly start: number;
      readonly end: number;
      readonly value: string;
      readonly style: ScalarStyle;
    }
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'mapping';
      readonly entries: readonly YamlEntry[];
      readonly isFlow: boolean;
      readonly start: number;
    }
  | {
      readonly kind: 'sequence';
      readonly items: readonly YamlNode[];
      readonly isFlow: boolean;
      readonly start: number;
    };

/** Keys of mappings and positions in sequences. */
export type YamlPath = readonly (string | number)[];

type ScalarStyle = 'plain' | 'quoted' | 'block';

interface YamlEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: YamlNode;
}

export class InvalidYaml extends Error {
  override readonly name = 'InvalidYaml';

  /** @param line counted from 1 */
  constructor(
    readonly reason: string,
    readonly line: number | undefined,
  ) {
    super(reason);
  }
}

const FLOW = 2;
const STYLES: Readonly<Record<number, ScalarStyle>> = { 1: 'plain', 2: 'quoted', 3: 'quoted' };

/**
 * @returns the root of the first document
 * @throws {InvalidYaml} for a text that is no YAML
 */
export function yamlTree(text: string): YamlNode {
  let events: readonly Event[];
  try {
    events = text.trim() === '' ? [] : parseEvents(text, {});
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new InvalidYaml(error.reason, error.mark === undefined ? undefined : error.mark.line + 1);
  }
  return new TreeReader(text, events.slice(1)).read();
}

/** What stands at a path of keys and positions; `undefined` for nothing at all. */
export function yamlAt(node: YamlNode, path: YamlPath): YamlNode | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return node;
  if (node.kind === 'mapping') {
    const entry = node.entries.find(({ key }) => key === step);
    return entry && yamlAt(entry.value, rest);
  }
  const item = node.kind === 'sequence' && typeof step === 'number' ? node.items[step] : undefined;
  return item && yamlAt(item, rest);
}

/** Where a node ends: behind its last scalar, for an empty one where it would start. */
export function endOf(node: YamlNode, otherwise: number): number {
  switch (node.kind) {
    case 'scalar':
      return node.end;
    case 'empty':
      return otherwise;
    case 'mapping': {
      const last = node.entries.at(-1);
      return last ? endOf(last.value, last.keyEnd + 1) : node.start;
    }
    case 'sequence':
      return node.items.length > 0 ? endOf(node.items.at(-1) as YamlNode, node.start) : node.start;
  }
}

/** Reads events, which come in the order of the text. */
class TreeReader {
  #next = 0;

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
  ) {}

  read(): YamlNode {
    const event = this.events[this.#next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.MAPPING:
        return { kind: 'mapping', entries: [...this.#entries()], isFlow: event.style === FLOW, start: event.start };
      case EVENT_ID.SEQUENCE:
        return { kind: 'sequence', items: [...this.#items()], isFlow: event.style === FLOW, start: event.start };
      default:
        return { kind: 'empty' };
    }
  }

  *#entries(): Generator<YamlEntry> {
    while (!this.#isAtEnd()) {
      const key = this.read();
      const value = this.read();
      if (key.kind === 'scalar') yield { key: key.value, keyStart: key.start, keyEnd: key.end, value };
    }
  }

  *#items(): Generator<YamlNode> {
    while (!this.#isAtEnd()) yield this.read();
  }

  /** Steps over the end of a collection. */
  #isAtEnd(): boolean {
    const type = this.events[this.#next]?.type;
    if (type !== EVENT_ID.POP && type !== undefined) return false;
    this.#next += 1;
    return true;
  }

  #scalar(event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): YamlNode {
    if (event.valueStart < 0) return { kind: 'empty' };
    const style = STYLES[event.style] ?? 'block';
    const quote = style === 'quoted' ? 1 : 0;
    return {
      kind: 'scalar',
      start: event.valueStart - quote,
      end: event.valueEnd + quote,
      value: getScalarValue(this.text, event),
      style,
    };
  }
}
