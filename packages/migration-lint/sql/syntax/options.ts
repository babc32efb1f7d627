import type { Node } from '@pgsql/types';
import { stringConstant } from './tree.ts';

/** What stands behind AS, LANGUAGE and the like. */
export function optionsOf(options: readonly Node[] | undefined): ReadonlyMap<string, Node | undefined> {
  return new Map(
    (options ?? []).flatMap((node) =>
      'DefElem' in node ? [[node.DefElem.defname ?? '', node.DefElem.arg] as const] : [],
    ),
  );
}

export function stringOption(node: Node | undefined): string | undefined {
  return node !== undefined && 'String' in node ? node.String.sval : stringConstant(node);
}

/** `EXPLAIN ANALYZE` and `EXPLAIN (ANALYZE on)`, not `(ANALYZE off)`. */
export function isSwitchedOn(options: readonly Node[] | undefined, name: string): boolean {
  const given = optionsOf(options);
  return given.has(name) && !['off', 'false', '0'].includes(stringOption(given.get(name))?.toLowerCase() ?? 'on');
}
