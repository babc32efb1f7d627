import type { AlterEnumStmt, Node } from '@pgsql/types';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { optionsOf, stringOption } from '../syntax/options.ts';
import { parseSql } from '../syntax/parser.ts';
import { isRecord, nameWords, tagOf, walk, words } from '../syntax/tree.ts';

/** N meets the value in rows of N+1; the current transaction can't use it yet. */
export function visitNewValue(scope: StatementScope, { typeName, newVal = '' }: AlterEnumStmt): void {
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

/** Here such a text isn't an enum value, or isn't evaluated until called. */
const unrelated = new Set(['AlterEnumStmt', 'CommentStmt', 'CreateEnumStmt', 'DoStmt', 'VariableSetStmt']);

/** Postgres rejects an enum value used in the transaction that added it. */
export function analyzeUncommittedValues(node: Node, scope: StatementScope): void {
  const { uncommittedValues, transaction } = scope.state;
  if (uncommittedValues.size === 0 || transaction === 'none' || unrelated.has(tagOf(node))) {
    return;
  }
  for (const part of readAtOnce(node)) {
    for (const value of literalsIn(part, scope).flatMap(withElements)) {
      const type = uncommittedValues.get(value);
      if (type !== undefined) {
        report(
          scope,
          'enum-value-uncommitted',
          `uses '${value}' in the transaction that adds it to enum ${printable(type)}`,
        );
      }
    }
    reportListedValues(part, scope);
  }
}

/** Of a function: the defaults of its parameters, and its body in SQL, which CREATE FUNCTION reads. */
function readAtOnce(node: Node): unknown[] {
  if (!('CreateFunctionStmt' in node)) {
    return [node];
  }
  const { parameters, sql_body: body, options } = node.CreateFunctionStmt;
  const given = optionsOf(options);
  const language = stringOption(given.get('language')) ?? 'sql';
  const text = language.toLowerCase() === 'sql' ? nameWords(given.get('as')).at(0) : undefined;
  return [
    parameters,
    body,
    ...(text === undefined ? [] : parseSql(text).statements.map((statement) => statement.node)),
  ];
}

/** enum_range() and enum_last() meet the new value whatever is done with it. */
function reportListedValues(part: unknown, scope: StatementScope): void {
  walk(part, (tag, body) => {
    const name = tag === 'FuncCall' ? lastName(body['funcname']) : undefined;
    if (name !== 'enum_range' && name !== 'enum_last') {
      return;
    }
    const [argument] = Array.isArray(body['args']) ? body['args'] : [];
    const cast = isRecord(argument) && isRecord(argument['TypeCast']) ? argument['TypeCast'] : undefined;
    for (const type of new Set(scope.state.uncommittedValues.values())) {
      if (cast === undefined || typeOf(cast, scope) === type) {
        report(
          scope,
          'enum-value-uncommitted',
          `lists enum ${printable(type)} in the transaction that adds a value to it`,
        );
      }
    }
  });
}

function lastName(names: unknown): string | undefined {
  return Array.isArray(names) ? words(names).at(-1) : undefined;
}

/** Those of an array's text, too. */
function withElements(text: string): string[] {
  const [, list] = /^\{(.*)\}$/s.exec(text) ?? [];
  const elements = list?.split(',').map((element) => element.trim().replace(/^"(.*)"$/, '$1')) ?? [];
  return [text, ...elements];
}

function typeOf(cast: Readonly<Record<string, unknown>>, { state }: StatementScope): string {
  const names = isRecord(cast['typeName']) ? cast['typeName']['names'] : undefined;
  return Array.isArray(names) ? state.wordsKey(words(names)) : '';
}

function isCastToText(side: unknown): boolean {
  const cast = isRecord(side) ? side['TypeCast'] : undefined;
  const type = isRecord(cast) && isRecord(cast['typeName']) ? cast['typeName']['names'] : undefined;
  return Array.isArray(type) && ['text', 'varchar', 'bpchar'].includes(words(type).at(-1) ?? '');
}

/** A constant, or a list of such: of IN (…), too. */
function isLiteral(side: unknown): boolean {
  if (!isRecord(side)) {
    return false;
  }
  const list = side['List'];
  const items = isRecord(list) ? list['items'] : undefined;
  return 'A_Const' in side || (Array.isArray(items) && items.every(isLiteral));
}

/** A text cast to another type isn't an enum value, unless that is cast again. */
function literalsIn(value: unknown, scope: StatementScope, isValue = false): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => literalsIn(item, scope, isValue));
  }
  if (!isRecord(value)) {
    return [];
  }
  const { TypeCast: cast, A_Const: constant, A_Expr: comparison } = value;
  if (isRecord(comparison) && [comparison['lexpr'], comparison['rexpr']].some(isCastToText)) {
    // Then the other side is a text as well.
    const both = [comparison['lexpr'], comparison['rexpr']];
    return both.filter((side) => !isLiteral(side)).flatMap((side) => literalsIn(side, scope, isValue));
  }
  if (isRecord(cast)) {
    const isEnum = isValue || [...scope.state.uncommittedValues.values()].includes(typeOf(cast, scope));
    const isText = isRecord(cast['arg']) && 'A_Const' in cast['arg'];
    return isText && !isEnum ? [] : literalsIn(cast['arg'], scope, isEnum);
  }
  if (isRecord(constant) && isRecord(constant['sval'])) {
    return [String(constant['sval']['sval'] ?? '')];
  }
  return Object.values(value).flatMap((item) => literalsIn(item, scope, isValue));
}
