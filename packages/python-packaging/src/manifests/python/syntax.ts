/** The part of Python's syntax that manifests are written in; everything else is a statement or an expression of kind `other`. */

export type Expression = { readonly line: number } & (
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'bytes'; readonly text: string }
  | { readonly kind: 'format'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'subscript'; readonly object: Expression; readonly index: Expression }
  | {
      readonly kind: 'slice';
      readonly from: Expression | undefined;
      readonly to: Expression | undefined;
      readonly step: Expression | undefined;
    }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
  | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly Element[] }
  | { readonly kind: 'dict'; readonly entries: readonly DictEntry[] }
  | {
      readonly kind: 'comprehension';
      readonly makes: 'list' | 'set' | 'dict';
      readonly key: Expression | undefined;
      readonly value: Expression;
      readonly clauses: readonly Clause[];
    }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: string; readonly right: Expression }[];
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly body: Expression;
      readonly otherwise: Expression;
    }
  /** `name := value` */
  | { readonly kind: 'named'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'lambda'; readonly parameters: readonly Parameter[]; readonly body: Expression }
  | { readonly kind: 'other'; readonly what: string }
);

export interface Element {
  readonly isSpread: boolean;
  readonly value: Expression;
}

export type DictEntry = { readonly key: Expression | undefined; readonly value: Expression };

/** An argument of a call; `*` and `**` spread what they stand before. */
export interface Argument {
  readonly name: string | undefined;
  readonly spread: '' | '*' | '**';
  readonly value: Expression;
}

/** `for TARGET in ITERABLE if CONDITION …` of a comprehension. */
export interface Clause {
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}

export interface Parameter {
  readonly name: string;
  readonly spread: '' | '*' | '**';
  readonly default: Expression | undefined;
}

export type Block = readonly Statement[];

export type Statement = { readonly line: number } & (
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'assign'; readonly targets: readonly Expression[]; readonly value: Expression }
  | { readonly kind: 'augment'; readonly target: Expression; readonly operator: string; readonly value: Expression }
  | { readonly kind: 'import'; readonly module: string; readonly as: string | undefined }
  | {
      readonly kind: 'from';
      readonly module: string;
      readonly names: readonly { readonly name: string; readonly as: string }[];
    }
  | { readonly kind: 'if'; readonly test: Expression; readonly body: Block; readonly otherwise: Block }
  | {
      readonly kind: 'for';
      readonly target: Expression;
      readonly iterable: Expression;
      readonly body: Block;
      readonly otherwise: Block;
    }
  | {
      readonly kind: 'with';
      readonly items: readonly { readonly value: Expression; readonly target: Expression | undefined }[];
      readonly body: Block;
    }
  | {
      readonly kind: 'try';
      readonly body: Block;
      readonly handlers: Block;
      readonly otherwise: Block;
      readonly final: Block;
    }
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly body: Block;
    }
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'block'; readonly body: Block }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | { readonly kind: 'break' | 'continue' | 'pass' | 'raise' }
  /** not followed; every name in it may have been bound or changed */
  | { readonly kind: 'other'; readonly names: readonly string[] }
);
