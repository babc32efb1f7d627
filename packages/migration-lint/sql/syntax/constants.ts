import type { Node } from '@pgsql/types';

export function isNullConstant(node: Node): boolean {
  if ('TypeCast' in node) {
    return node.TypeCast.arg !== undefined && isNullConstant(node.TypeCast.arg);
  }
  return 'A_Const' in node && node.A_Const.isnull === true;
}
