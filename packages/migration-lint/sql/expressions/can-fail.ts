import type { Node } from '@pgsql/types';
import { functionsIn, isOneOf, isRecord, walk, words } from '../syntax/tree.ts';

const safeFunctions = new Set(['lower', 'upper', 'btrim', 'md5', 'coalesce', 'length', 'left', 'right']);
const safeOperators = new Set([
  ...'-> ->> #> #>> || = <> < > <= >= ~~ ~~* !~~ !~~* @> <@ ? ?| ?& &&'.split(' '),
  ...['BETWEEN', 'NOT BETWEEN'],
]);

/** False only if all functions and operators always return a value. */
export function canFail(expression: Node): boolean {
  let fails = false;
  walk({ expression }, (tag, body) => {
    if (tag === 'FuncCall') {
      fails ||= !functionsIn({ FuncCall: body }).every(({ name }) => isOneOf(safeFunctions, name));
    } else if (tag === 'A_Expr') {
      fails ||= !(Array.isArray(body['name']) && safeOperators.has(words(body['name']).at(-1) ?? ''));
    } else if (tag === 'TypeCast') {
      // Constants are evaluated at definition.
      fails ||= !(isRecord(body['arg']) && 'A_Const' in body['arg']);
    }
  });
  return fails;
}
