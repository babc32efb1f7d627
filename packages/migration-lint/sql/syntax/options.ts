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
