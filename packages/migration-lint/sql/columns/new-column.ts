import type { AlterTableCmd, Constraint, Node } from '@pgsql/types';
import { evaluate } from '../expressions/evaluate.ts';
import { cannotFail } from '../expressions/functions.ts';
import { volatileFunction } from '../expressions/volatility.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { type ColumnTies, type MigrationState, type NewCheck, printable } from '../state/state.ts';
import { isNullConstant } from '../syntax/constants.ts';
import { functionsIn, isOneOf, walk, words } from '../syntax/tree.ts';
import type { Column } from './column.ts';

const untied: ColumnTies = { notNull: false, type: { type: '', modifiers: [], constrainedDomain: true }, keys: [] };

/** For later changes of its default. */
export function rememberTies(state: MigrationState, table: string, column: Column): void {
  const key = `${table}.${column.name}`;
  state.columnTies.set(key, {
    notNull: column.notNull || column.notNullDomain || column.identity || column.serial,
    type: column,
    keys: [...column.uniques.map(() => 'unique'), ...column.references.map(() => 'foreign key')],
  });
  for (const { conname = '', raw_expr: expression } of column.checks) {
    rememberCheck(state, table, { name: conname, expression });
  }
  for (const reference of column.references) {
    rememberParent(state, reference);
  }
}

export function tieColumn(
  state: MigrationState,
  key: string,
  more: { readonly key?: string; readonly notNull?: true },
): void {
  const { keys, notNull, type } = state.columnTies.get(key) ?? untied;
  state.columnTies.set(key, {
    type,
    notNull: notNull || more.notNull === true,
    keys: more.key === undefined ? keys : [...keys, more.key],
  });
}

export function rememberCheck(state: MigrationState, table: string, check: NewCheck): void {
  state.checks.set(table, [...(state.checks.get(table) ?? []), check]);
}

export function rememberParent(state: MigrationState, { pktable, fk_del_action: onDelete }: Constraint): void {
  const parent = state.relationKey(pktable);
  if (state.parents.get(parent) !== 'cascade') {
    state.parents.set(parent, onDelete === 'c' ? 'cascade' : 'other');
  }
}

export function doubtfulFunction(value: Node | undefined): string | undefined {
  const doubtful = value === undefined ? undefined : functionsIn(value).find(({ name }) => !isOneOf(cannotFail, name));
  return doubtful?.name.join('.');
}

/** Checks whether N's rows, which omit the new column, stay valid. */
export function visitNewColumn(scope: StatementScope, table: string, command: AlterTableCmd): void {
  const { state } = scope;
  const { subtype, name = '', def } = command;
  const key = `${table}.${name}`;
  if (state.isNewTable(table) || !state.columns.has(key)) {
    return;
  }
  const ties = state.columnTies.get(key) ?? untied;
  if (subtype === 'AT_ColumnDefault' || subtype === 'AT_DropIdentity' || subtype === 'AT_DropExpression') {
    const value = subtype !== 'AT_ColumnDefault' || def === undefined || isNullConstant(def) ? undefined : def;
    state.columns.set(key, value);
    if (value === undefined && ties.notNull) {
      report(scope, 'add-required-column', `takes the default of the new ${printable(key)}, which is NOT NULL`);
    }
    if (value !== undefined) {
      judgeLaterDefault(scope, key, value, ties);
    }
    judgeKnownChecks(scope, table, key);
  } else if (subtype === 'AT_SetNotNull') {
    tieColumn(state, key, { notNull: true });
    if (!state.isHarmlessToLock(table) && !isShownNotNull(state, table, name)) {
      report(scope, 'table-rewrite', `sets the new ${printable(key)} NOT NULL, for which every row is read`);
    }
  } else if (subtype === 'AT_AlterColumnType' && !state.isHarmlessToLock(table)) {
    report(
      scope,
      'table-rewrite',
      `changes the type of the new ${printable(key)}, for which every row is written anew`,
    );
  }
}

/** ADD COLUMN evaluates its default at once, SET DEFAULT only when N writes. */
function judgeLaterDefault(scope: StatementScope, key: string, value: Node, ties: ColumnTies): void {
  const doubtful = doubtfulFunction(value);
  if (doubtful !== undefined || hasOperators(value) || !fits(value, ties.type)) {
    const what = doubtful === undefined ? 'that its type may refuse' : `that calls ${doubtful}()`;
    report(scope, 'tighten-constraint', `gives the new ${printable(key)} a default ${what} when N writes a row`);
  }
  const collides = ties.keys.find((kind) => kind !== 'unique' || volatileFunction(value) === undefined);
  if (collides !== undefined) {
    report(scope, 'tighten-constraint', `gives the new ${printable(key)} a default, which its ${collides} may refuse`);
  }
}

function judgeKnownChecks(scope: StatementScope, table: string, key: string): void {
  const values = scope.state.newColumnsOf(table);
  for (const { name, expression } of scope.state.checks.get(table) ?? []) {
    const result = evaluate(expression, values);
    if (!result.known || result.value === false) {
      const check = name === '' ? 'a CHECK' : `CHECK ${name}`;
      report(scope, 'tighten-constraint', `changes the value that N's rows get in ${printable(key)} under ${check}`);
    }
  }
}

/** A valid CHECK proves it, so Postgres scans no rows. */
function isShownNotNull(state: MigrationState, table: string, column: string): boolean {
  return (state.checks.get(table) ?? []).some(({ name, expression }) => {
    const isTest =
      expression !== undefined && 'NullTest' in expression && expression.NullTest.nulltesttype === 'IS_NOT_NULL';
    return isTest && JSON.stringify(expression).includes(`"${column}"`) && !state.notValid.has(`${table}.${name}`);
  });
}

/** Joining texts and adding intervals to times never fail. */
function hasOperators(value: Node): boolean {
  let found = false;
  walk({ value }, (tag, body) => {
    if (tag === 'A_Expr') {
      const isInterval = /"interval"/.test(JSON.stringify(body['rexpr']));
      const operator = Array.isArray(body['name']) ? words(body['name']).at(-1) : undefined;
      found ||= operator !== '||' && !(isInterval && (operator === '+' || operator === '-'));
    }
  });
  return found;
}

/** Postgres checks only when a row is written. */
function fits(value: Node, { type, modifiers, constrainedDomain }: ColumnTies['type']): boolean {
  if (constrainedDomain) {
    return false;
  }
  const constant = evaluate(value, new Map());
  const [first, scale = 0] = modifiers;
  switch (type) {
    case 'varchar':
    case 'bpchar':
    case 'char':
      return first === undefined || (constant.known && [...String(constant.value)].length <= first);
    case 'bit':
    case 'varbit':
      return false;
    case 'numeric':
      return first === undefined || (constant.known && Math.abs(Number(constant.value)) < 10 ** (first - scale) - 1);
    case 'int2':
      return constant.known && Math.abs(Number(constant.value)) <= 32_767;
    case 'int4':
      return !constant.known || Math.abs(Number(constant.value)) <= 2_147_483_647;
    default:
      return true;
  }
}
