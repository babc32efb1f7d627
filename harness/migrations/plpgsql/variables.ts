import { fold, type Known } from '../sql/fold.ts';
import { parseExpression } from '../sql/parser.ts';
import { isRecord } from '../sql/tree.ts';
import { type PlpgsqlCode, queryOf, targetNames } from './syntax.ts';

/** What is known of each variable; one that is not in here may be anything. */
export type Variables = Map<string, Known>;

export interface Assignment {
  readonly name: string;
  /** The new value's expression; undefined where an item of an array or a field of a record is assigned. */
  readonly expression: string | undefined;
}

/** Defaults of the declarations. A name declared twice (in nested blocks) stays unknown. */
export function declare(code: PlpgsqlCode, variables: Variables): void {
  const seen = new Set<string>();
  for (const { name, defaultText } of code.variables) {
    if (seen.has(name)) {
      variables.delete(name);
    } else if (defaultText !== undefined) {
      assign(variables, name, foldExpression(defaultText, variables));
    }
    seen.add(name);
  }
}

export function assignmentOf(fields: Readonly<Record<string, unknown>>): Assignment {
  const text = queryOf(fields['expr']) ?? '';
  const match = /^\s*"?(\w+)"?\s*([[.][^:=]*)?:?=([\s\S]*)$/.exec(text);
  const [, name = '', part, expression] = match ?? [];
  return { name, expression: part === undefined ? expression : undefined };
}

export function assign(variables: Variables, name: string, value: Known | undefined): void {
  if (value === undefined) {
    variables.delete(name);
  } else {
    variables.set(name, value);
  }
}

export function foldExpression(text: string | undefined, variables: Variables): Known | undefined {
  return text === undefined ? undefined : fold(parseExpression(text), variables);
}

/** Forgets every variable that the code assigns anywhere: before a loop of unknown length. */
export function forgetAssigned(code: unknown, variables: Variables): void {
  if (Array.isArray(code)) {
    for (const item of code) {
      forgetAssigned(item, variables);
    }
  } else if (isRecord(code)) {
    for (const [key, value] of Object.entries(code)) {
      if (key === 'PLpgSQL_stmt_assign' && isRecord(value)) {
        variables.delete(assignmentOf(value).name);
      } else if (key === 'target' || key === 'var') {
        for (const name of targetNames(value)) {
          variables.delete(name);
        }
      }
      forgetAssigned(value, variables);
    }
  }
}

/** Keeps of `variables` what holds at the end of every branch. */
export function merge(variables: Variables, branches: readonly Variables[]): void {
  const before = new Map(variables);
  for (const name of new Set([...before.keys(), ...branches.flatMap((branch) => [...branch.keys()])])) {
    const values = branches.map((branch) => branch.get(name));
    const [first] = values;
    assign(
      variables,
      name,
      values.every((value) => JSON.stringify(value) === JSON.stringify(first)) ? first : undefined,
    );
  }
}
