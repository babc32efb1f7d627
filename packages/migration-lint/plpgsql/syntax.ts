import { isRecord } from '../sql/syntax/tree.ts';

/** `type` lacks libpg-query's prefix; `line` is 1-based. */
export interface PlpgsqlStatement {
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly line: number;
}

interface PlpgsqlVariable {
  readonly name: string;
  readonly defaultText: string | undefined;
  readonly cursorText: string | undefined;
  readonly line: number;
}

const prefix = 'PLpgSQL_stmt_';

export function statementsOf(list: unknown): PlpgsqlStatement[] {
  if (!Array.isArray(list)) {
    return [];
  }
  return list.flatMap((item: unknown) => {
    const [key, fields] = isRecord(item) ? (Object.entries(item)[0] ?? ['', undefined]) : ['', undefined];
    return isRecord(fields) ? [{ type: key.replace(prefix, ''), fields, line: lineOf(fields) }] : [];
  });
}

export function queryOf(field: unknown): string | undefined {
  const expression = isRecord(field) ? field['PLpgSQL_expr'] : undefined;
  const query = isRecord(expression) ? expression['query'] : undefined;
  return typeof query === 'string' ? query : undefined;
}

export function queriesOf(field: unknown): string[] {
  const own = queryOf(field);
  if (own !== undefined) {
    return [own];
  }
  const parts: readonly unknown[] = Array.isArray(field) ? field : isRecord(field) ? Object.values(field) : [];
  return parts.flatMap(queriesOf);
}

/** Each item is wrapped, e.g. `PLpgSQL_if_elsif`. */
export function itemsOf(list: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(list)
    ? list.flatMap((item: unknown) => (isRecord(item) ? Object.values(item).filter(isRecord) : []))
    : [];
}

export interface PlpgsqlCode {
  readonly body: readonly PlpgsqlStatement[];
  /** By number in the tree. */
  readonly variables: readonly PlpgsqlVariable[];
}

export function codeOf(tree: unknown): PlpgsqlCode | undefined {
  const functions = isRecord(tree) ? tree['plpgsql_funcs'] : undefined;
  const [first] = itemsOf(functions);
  if (first === undefined) {
    return undefined;
  }
  const variables = itemsOf(first['datums']).map((datum) => ({
    name: typeof datum['refname'] === 'string' ? datum['refname'] : '',
    defaultText: queryOf(datum['default_val']),
    cursorText: queryOf(datum['cursor_explicit_expr']),
    line: lineOf(datum),
  }));
  return { body: statementsOf([first['action']]), variables };
}

export function targetNames(target: unknown): string[] {
  return itemsOf([target]).flatMap((fields) => {
    const parts = Array.isArray(fields['fields'])
      ? fields['fields'].filter(isRecord).map((field) => field['name'])
      : [fields['refname']];
    return parts.filter((name): name is string => typeof name === 'string');
  });
}

const loops = /^PLpgSQL_stmt_(?:loop|while|for|dynfor)/;

/** By RETURN, or an EXIT or CONTINUE of an outer loop. One with a label always counts. */
export function mayLeave(code: unknown, insideLoop = false): boolean {
  if (Array.isArray(code)) {
    return code.some((item) => mayLeave(item, insideLoop));
  }
  if (!isRecord(code)) {
    return false;
  }
  return Object.entries(code).some(([key, value]) => {
    if (key === `${prefix}return`) {
      return true;
    }
    if (key === `${prefix}exit`) {
      return !insideLoop || (isRecord(value) && value['label'] !== undefined);
    }
    return mayLeave(value, insideLoop || loops.test(key));
  });
}

function lineOf(fields: Readonly<Record<string, unknown>>): number {
  const line = fields['lineno'];
  return typeof line === 'number' ? line : 1;
}
