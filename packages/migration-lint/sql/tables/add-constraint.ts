import type { Constraint } from '@pgsql/types';
import { rememberCheck, rememberParent, tieColumn } from '../columns/new-column.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { isEnforced } from '../syntax/enforced.ts';
import { columnsIn, words } from '../syntax/tree.ts';

/** Checks whether it may reject N's rows, and whether validation blocks N. */
export function visitAddConstraint(scope: StatementScope, table: string, constraint: Constraint): void {
  if (!isEnforced(constraint)) {
    return;
  }
  const name = constraint.conname ?? '';
  if (constraint.skip_validation === true) {
    scope.state.notValid.add(`${table}.${name}`);
  }
  switch (constraint.contype) {
    case 'CONSTR_CHECK':
      judgeCheck(scope, table, name, constraint);
      break;
    case 'CONSTR_FOREIGN':
      judgeForeignKey(scope, table, name, constraint);
      break;
    case 'CONSTR_NOTNULL':
      judgeNotNull(scope, table, words(constraint.keys)[0] ?? '', constraint);
      break;
    default:
      judgeUnique(scope, table, name, constraint);
  }
}

/** Postgres 18's `ADD … NOT NULL column`: may skip validating existing rows. */
function judgeNotNull(scope: StatementScope, table: string, column: string, constraint: Constraint): void {
  const { state } = scope;
  const key = `${table}.${column}`;
  const isNotValid = constraint.skip_validation === true;
  if (!state.isNewColumn(table, column)) {
    const updates = isNotValid ? ' NOT VALID: N can not update any column of a row that has NULL there' : '';
    report(scope, 'set-not-null', `sets ${printable(key)} NOT NULL${updates}`, constraint.location);
    return;
  }
  tieColumn(state, key, { notNull: true });
  if (state.columns.get(key) === undefined) {
    report(
      scope,
      'add-required-column',
      `sets the new ${printable(key)} NOT NULL, though N's rows get no value for it`,
      constraint.location,
    );
  }
  if (!isNotValid && !state.isHarmlessToLock(table)) {
    report(
      scope,
      'table-rewrite',
      `sets the new ${printable(key)} NOT NULL, for which every row is read`,
      constraint.location,
    );
  }
}

function judgeCheck(scope: StatementScope, table: string, name: string, constraint: Constraint): void {
  const values = scope.state.newColumnsOf(table);
  const result = evaluate(constraint.raw_expr, values);
  const old = columnsIn(constraint.raw_expr).filter((column) => !values.has(column));
  rememberCheck(scope.state, table, { name, expression: constraint.raw_expr });
  if (!result.known || result.value === false) {
    const what = old.length > 0 ? `on ${old.join(', ')}, which N writes` : "that the value of N's rows may not satisfy";
    report(
      scope,
      'tighten-constraint',
      `adds ${named('CHECK', name)} to ${printable(table)} ${what}`,
      constraint.location,
    );
  }
  if (constraint.skip_validation !== true && !scope.state.isHarmlessToLock(table)) {
    report(
      scope,
      'check-validates',
      `adds ${named('CHECK', name)} to ${printable(table)} and tests every row at once`,
      constraint.location,
    );
  }
}

function judgeForeignKey(scope: StatementScope, table: string, name: string, constraint: Constraint): void {
  const values = scope.state.newColumnsOf(table);
  const columns = words(constraint.fk_attrs);
  const staysNull = columns.some((column) => values.has(column) && values.get(column) === undefined);
  rememberParent(scope.state, constraint);
  for (const column of staysNull ? columns : []) {
    tieColumn(scope.state, `${table}.${column}`, { key: 'foreign key' });
  }
  if (!staysNull) {
    report(
      scope,
      'tighten-constraint',
      `adds ${named('foreign key', name)} to ${printable(table)}.${columns.join(', ')}: N's rows need a parent`,
      constraint.location,
    );
  }
  if (constraint.skip_validation !== true && !scope.state.isHarmlessToLock(table)) {
    report(
      scope,
      'foreign-key-validates',
      `adds ${named('foreign key', name)} to ${printable(table)} and checks every row at once`,
      constraint.location,
    );
  }
}

/** `CHECK positive`, or `a CHECK` if unnamed. */
function named(kind: string, name: string): string {
  return name === '' ? `${/^e/.test(kind) ? 'an' : 'a'} ${kind}` : `${kind} ${name}`;
}

function judgeUnique(scope: StatementScope, table: string, name: string, constraint: Constraint): void {
  const kind =
    constraint.contype === 'CONSTR_PRIMARY'
      ? 'primary key'
      : constraint.contype === 'CONSTR_UNIQUE'
        ? 'unique'
        : 'exclusion';
  const columns = words(constraint.keys);
  const values = scope.state.newColumnsOf(table);
  const staysNull = columns.some((column) => values.has(column) && values.get(column) === undefined);
  const usesIndex = constraint.indexname !== undefined;
  for (const column of staysNull ? columns : []) {
    tieColumn(scope.state, `${table}.${column}`, { key: 'unique' });
  }
  for (const column of kind === 'primary key' ? columns : []) {
    tieColumn(scope.state, `${table}.${column}`, { notNull: true });
  }
  // An existing index was judged at its creation; a primary key also sets NOT NULL.
  if (kind === 'primary key' || (!usesIndex && (!staysNull || constraint.nulls_not_distinct === true))) {
    report(
      scope,
      kind === 'unique' && scope.state.isFoundTable(table) ? 'unique-on-found-table' : 'tighten-constraint',
      `adds ${named(`${kind} constraint`, name)} to ${printable(table)}, which N's rows must satisfy`,
      constraint.location,
    );
  }
  if (!usesIndex && !scope.state.isHarmlessToLock(table)) {
    report(
      scope,
      'unique-builds-index',
      `adds ${named(`${kind} constraint`, name)} to ${printable(table)}: its index is built under lock`,
      constraint.location,
    );
  }
}
