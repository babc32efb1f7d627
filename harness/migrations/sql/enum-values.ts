import type { AlterEnumStmt, Node } from '@pgsql/types';
import { report, type StatementScope } from './scope.ts';
import { printable } from './state.ts';
import { isRecord, tagOf, words } from './tree.ts';

/** ALTER TYPE … ADD VALUE: N meets the value in rows of N+1, and this transaction must not use it yet. */
export function judgeNewValue(scope: StatementScope, { typeName, newVal = '' }: AlterEnumStmt): void {
  const { state } = scope;
  const key = state.wordsKey(words(typeName));
  if (!state.objects.has(`OBJECT_TYPE:${key}`)) {
    report(
      scope,
      'add-enum-value',
      `adds value '${newVal}' to enum ${printable(key)}: N's own list of its values refuses a row of N+1 that has it`,
    );
  }
  if (state.transaction !== 'none' && !state.freshTypes.has(key)) {
    state.uncommittedValues.set(newVal, key);
  }
}

/** Statements in which a text of that name is no value of the enum, or isn't looked at before somebody calls them. */
const unrelated = new Set(['AlterEnumStmt', 'CommentStmt', 'CreateFunctionStmt', 'CreateEnumStmt', 'DoStmt']);

/** A value that was added in the open transaction may not be used in it. */
export function judgeUncommittedValues(node: Node, scope: StatementScope): void {
  const { uncommittedValues, transaction } = scope.state;
  if (uncommittedValues.size > 0 && transaction !== 'none' && !unrelated.has(tagOf(node))) {
    for (const value of literalsIn(node, scope)) {
      const type = uncommittedValues.get(value);
      if (type !== undefined) {
        report(
          scope,
          'enum-value-uncommitted',
          `uses '${value}' in the transaction that adds it to enum ${printable(type)}`,
        );
      }
    }
  }
}

/** Texts of a statement that may be values of an enum: those that are cast to another type are none. */
function literalsIn(value: unknown, scope: StatementScope): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => literalsIn(item, scope));
  }
  if (!isRecord(value)) {
    return [];
  }
  const { TypeCast: cast, A_Const: constant } = value;
  if (isRecord(cast) && isRecord(cast['typeName']) && isRecord(cast['arg']) && 'A_Const' in cast['arg']) {
    const type = cast['typeName']['names'];
    const key = Array.isArray(type) ? scope.state.wordsKey(words(type)) : '';
    return [...scope.state.uncommittedValues.values()].includes(key) ? literalsIn(cast['arg'], scope) : [];
  }
  if (isRecord(constant) && isRecord(constant['sval'])) {
    return [String(constant['sval']['sval'] ?? '')];
  }
  return Object.values(value).flatMap((item) => literalsIn(item, scope));
}
