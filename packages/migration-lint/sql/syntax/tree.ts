import type { Node } from '@pgsql/types';

/** E.g. `AlterTableStmt`. */
export function tagOf(node: Node): string {
  return Object.keys(node)[0] ?? '';
}

/** Outside in; `tag` is the node's type, `body` its fields. */
export function walk(value: unknown, visit: (tag: string, body: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      walk(item, visit);
    }
  } else if (isRecord(value)) {
    for (const [key, child] of Object.entries(value)) {
      if (/^[A-Z]/.test(key) && isRecord(child)) {
        visit(key, child);
      }
      walk(child, visit);
    }
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function words(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}

/** Takes a `List` of `String`s, a `TypeName` or a `String`. */
export function nameWords(node: Node | undefined): string[] {
  if (node === undefined) {
    return [];
  }
  if ('List' in node) {
    return words(node.List.items);
  }
  if ('TypeName' in node) {
    return words(node.TypeName.names);
  }
  if ('ObjectWithArgs' in node) {
    return words(node.ObjectWithArgs.objname);
  }
  return 'String' in node ? [node.String.sval ?? ''] : [];
}

/** Looks through casts to text. */
export function stringConstant(node: Node | undefined): string | undefined {
  if (node === undefined) {
    return undefined;
  }
  if ('TypeCast' in node) {
    return stringConstant(node.TypeCast.arg);
  }
  return 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}

export function columnsIn(expression: unknown): string[] {
  const names = new Set<string>();
  walk(expression, (tag, body) => {
    if (tag === 'ColumnRef' && Array.isArray(body['fields'])) {
      names.add(words(body['fields']).at(-1) ?? '*');
    }
  });
  return [...names];
}

export function isOneOf(builtIns: ReadonlySet<string>, name: readonly string[]): boolean {
  return (name.length === 1 || name[0] === 'pg_catalog') && builtIns.has(name.at(-1) ?? '');
}

export function functionsIn(
  value: unknown,
): { readonly name: readonly string[]; readonly args: readonly Node[]; readonly location: number | undefined }[] {
  const calls: { name: readonly string[]; args: readonly Node[]; location: number | undefined }[] = [];
  walk(value, (tag, body) => {
    if (tag === 'FuncCall' && Array.isArray(body['funcname'])) {
      const location = typeof body['location'] === 'number' ? body['location'] : undefined;
      calls.push({ name: words(body['funcname']), args: Array.isArray(body['args']) ? body['args'] : [], location });
    }
  });
  return calls;
}
