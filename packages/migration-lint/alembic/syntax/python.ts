import type { SourceRange } from '../../finding.ts';
import type { Segment } from '../values/text.ts';

/** Python's syntax as far as it affects a migration; the rest is `other`, with its parts. */
export type Expression = { readonly range: SourceRange } & (
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly type: 'subscript'; readonly object: Expression; readonly index: Expression | undefined }
  | { readonly type: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
  | { readonly type: 'string'; readonly pieces: readonly StringPiece[] }
  | { readonly type: 'constant'; readonly value: number | boolean | null }
  | { readonly type: 'sequence'; readonly items: readonly Item[] }
  | {
      readonly type: 'dictionary';
      readonly entries: readonly { readonly key: Expression | undefined; readonly value: Expression }[];
    }
  | { readonly type: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'unary'; readonly operator: string; readonly operand: Expression }
  | {
      readonly type: 'conditional';
      readonly test: Expression;
      readonly consequence: Expression;
      readonly otherwise: Expression;
    }
  | { readonly type: 'lambda'; readonly parameters: readonly Parameter[]; readonly body: Expression }
  | {
      readonly type: 'comprehension';
      readonly key: Expression | undefined;
      readonly element: Expression;
      readonly clauses: readonly Clause[];
    }
  | { readonly type: 'assignment'; readonly name: string; readonly value: Expression }
  | { readonly type: 'other'; readonly parts: readonly Expression[] }
);

export interface Argument {
  readonly name: string | undefined;
  readonly spread: '' | '*' | '**';
  readonly value: Expression;
}

export interface Item {
  readonly spread: boolean;
  readonly value: Expression;
}

export interface Clause {
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}

export type StringPiece =
  | { readonly text: string; readonly segments: readonly Segment[] }
  | { readonly value: Expression; readonly conversion: string; readonly format: string };

export interface Parameter {
  readonly name: string;
  readonly kind: 'plain' | 'rest' | 'keywords';
  readonly defaultValue: Expression | undefined;
}

export type Block = readonly Statement[];

export type Statement = { readonly range: SourceRange } & (
  | { readonly type: 'expression'; readonly value: Expression }
  | {
      readonly type: 'assign';
      readonly targets: readonly Expression[];
      readonly operator: string;
      readonly value: Expression;
    }
  | {
      readonly type: 'if';
      readonly branches: readonly { readonly test: Expression; readonly body: Block }[];
      readonly otherwise: Block;
    }
  | {
      readonly type: 'for';
      readonly target: Expression;
      readonly iterable: Expression;
      readonly body: Block;
      readonly otherwise: Block;
    }
  | { readonly type: 'while'; readonly test: Expression; readonly body: Block; readonly otherwise: Block }
  | {
      readonly type: 'with';
      readonly items: readonly { readonly value: Expression; readonly target: Expression | undefined }[];
      readonly body: Block;
    }
  | {
      readonly type: 'try';
      readonly body: Block;
      readonly handlers: readonly Block[];
      readonly otherwise: Block;
      readonly finale: Block;
    }
  | { readonly type: 'match'; readonly subject: Expression; readonly bodies: readonly Block[] }
  | { readonly type: 'return'; readonly value: Expression | undefined }
  | {
      readonly type: 'function';
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly body: Block;
      readonly decorators: readonly string[];
    }
  | {
      readonly type: 'class';
      readonly name: string;
      readonly bases: readonly Argument[];
      readonly body: Block;
      readonly decorators: readonly string[];
    }
  | { readonly type: 'import'; readonly bindings: readonly { readonly name: string; readonly path: string }[] }
  | { readonly type: 'scope'; readonly names: readonly string[]; readonly kind: 'global' | 'nonlocal' }
  | { readonly type: 'delete'; readonly targets: readonly Expression[] }
  | { readonly type: 'jump'; readonly kind: 'raise' | 'break' | 'continue' }
  | { readonly type: 'other'; readonly parts: readonly Expression[] }
);
