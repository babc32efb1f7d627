import { fold, type Known } from '../sql/expressions/fold.ts';
import { parseExpression, parseSql } from '../sql/syntax/parser.ts';
import { columnsIn, isRecord } from '../sql/syntax/tree.ts';
import { type PlpgsqlCode, queryOf, targetNames } from './syntax.ts';

/** A missing variable may be anything. */
export type Variables = Map<string, Known>;

export interface Assignment {
  /** Undefined if any variable may be meant. */
  readonly name: string | undefined;
  /** Other readings: a label's variable, a record's fields. */
  readonly parts: readonly string[];
  /** Undefined for an array item or record field. */
  readonly expression: string | undefined;
}

/**
 * A name declared twice stays unknown, and so does a default over assigned variables: a nested block evaluates it on
 * entry.
 */
export function declare(code: PlpgsqlCode, variables: Variables): void {
  const twice = declaredTwice(code);
  const assigned = new Map(variables);
  for (const { name } of code.variables) assigned.set(name, { text: '', exact: false });
  const before = new Set(assigned.keys());
  forgetAssigned(
    code.body.map(({ type, fields }) => ({ [`PLpgSQL_stmt_${type}`]: fields })),
    assigned,
  );
  const changes = new Set([...twice, ...[...before].filter((name) => !assigned.has(name))]);
  for (const { name, defaultText } of code.variables) {
    if (twice.has(name)) {
      forget(variables, name);
    } else if (defaultText !== undefined) {
      const isConstant = columnsIn(parseExpression(defaultText)).every((column) => !changes.has(column));
      assign(variables, name, isConstant ? foldExpression(defaultText, variables) : undefined);
    }
  }
}

export function declaredTwice(code: PlpgsqlCode): ReadonlySet<string> {
  const names = code.variables.map(({ name }) => name);
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}

export function assignmentOf(fields: Readonly<Record<string, unknown>>): Assignment {
  const text = queryOf(fields['expr']) ?? '';
  const match = /^\s*(\w+|"\w+")\s*([[.][^:=]*)?:?=([\s\S]*)$/.exec(text);
  const [, word, part, expression] = match ?? [];
  return {
    name: word === undefined ? undefined : nameOf(word),
    parts: (part?.match(/\w+|"[^"]+"/g) ?? []).map(nameOf),
    expression: part === undefined ? expression : undefined,
  };
}

function nameOf(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1) : word.toLowerCase();
}

export function assign(variables: Variables, name: string, value: Known | undefined): void {
  forget(variables, name);
  if (value !== undefined) {
    variables.set(name, value);
  }
}

/** Also forgets its fields, and parameter numbers, which may be aliases. */
export function forget(variables: Variables, name: string): void {
  for (const known of [...variables.keys()]) {
    if (known === name || known.startsWith(`${name}.`) || known.startsWith('$')) {
      variables.delete(known);
    }
  }
}

export function foldExpression(text: string | undefined, variables: Variables): Known | undefined {
  return text === undefined ? undefined : fold(parseExpression(text), variables);
}

export function forgetAssigned(code: unknown, variables: Variables): void {
  if (Array.isArray(code)) {
    for (const item of code) {
      forgetAssigned(item, variables);
    }
  } else if (isRecord(code)) {
    for (const [key, value] of Object.entries(code)) {
      if (key === 'PLpgSQL_stmt_assign' && isRecord(value)) {
        forgetAssignment(assignmentOf(value), variables);
      } else if (key === 'PLpgSQL_stmt_getdiag') {
        // Its targets are only numbers.
        variables.clear();
      } else if (key === 'PLpgSQL_stmt_call' && isRecord(value)) {
        forgetArguments(queryOf(value['expr']) ?? '', variables);
      } else if (key === 'target' || key === 'var') {
        for (const name of targetNames(value)) {
          forget(variables, name);
        }
      }
      forgetAssigned(value, variables);
    }
  }
}

export function forgetAssignment({ name, parts }: Assignment, variables: Variables): void {
  if (name === undefined) {
    variables.clear();
    return;
  }
  for (const word of [name, ...parts]) {
    forget(variables, word);
  }
}

/** CALL may write to any variable it receives (INOUT). */
function forgetArguments(call: string, variables: Variables): void {
  for (const { node } of parseSql(call).statements) {
    for (const name of columnsIn(node)) {
      forget(variables, name);
    }
  }
}

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
