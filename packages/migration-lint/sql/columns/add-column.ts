import type { ColumnDef, Node } from '@pgsql/types';
import { canFail } from '../expressions/can-fail.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { volatileFunction } from '../expressions/volatility.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { isEnforced } from '../syntax/enforced.ts';
import { columnsIn } from '../syntax/tree.ts';
import { visitReference } from '../tables/foreign-key.ts';
import { type Column, columnOf, hasValue } from './column.ts';
import { doubtfulFunction, rememberTies } from './new-column.ts';

/** Checks whether N's INSERT, which omits the column, still works, and at what cost. */
export function visitAddColumn(
  scope: StatementScope,
  table: string,
  definition: ColumnDef,
  ifNotExists: boolean,
): void {
  const column = columnOf(definition, scope.state);
  const key = `${table}.${column.name}`;
  if (!scope.state.isNewTable(table)) {
    judgeValue(scope, key, column);
    judgeDefault(scope, key, column);
    judgeType(scope, key, column);
    judgeChecks(scope, table, key, column);
    judgeKeys(scope, key, column);
    rememberTies(scope.state, table, column);
  }
  for (const reference of column.references) {
    visitReference(scope, table, reference);
  }
  if (!scope.state.isHarmlessToLock(table)) {
    judgeRewrite(scope, key, column);
  }
  if (!ifNotExists) {
    const marker: Node | undefined = hasValue(column) ? { SetToDefault: {} } : undefined;
    scope.state.columns.set(key, column.defaultValue ?? marker);
  }
}

function judgeValue(scope: StatementScope, key: string, column: Column): void {
  const why = column.primaryKey
    ? 'PRIMARY KEY'
    : column.notNullDomain
      ? `domain ${column.type} refuses NULL`
      : 'NOT NULL';
  if ((column.notNull || column.notNullDomain) && !hasValue(column)) {
    report(scope, 'add-required-column', `adds ${printable(key)} (${why}) without a server default`, column.location);
  }
  judgeGenerated(scope, key, column);
}

/** A stored value is computed when N writes the row, a virtual one when N reads it. */
function judgeGenerated(scope: StatementScope, key: string, column: Column): void {
  if (column.generated === undefined || column.expression === undefined) {
    return;
  }
  // Other types may reject the result.
  const isSafe = ['text', 'bool', 'json', 'jsonb'].includes(column.type) && !canFail(column.expression);
  if (!isSafe) {
    const when =
      column.generated === 'stored'
        ? 'for each row that N writes: an error in the expression refuses the row'
        : "whenever N reads it: an error in the expression fails N's SELECT * and RETURNING *";
    report(scope, 'tighten-constraint', `adds ${printable(key)}, computed ${when}`, column.location);
  }
  if (column.generated === 'virtual' && !/\bvirtual\b/i.test(scope.source)) {
    report(
      scope,
      'generated-without-kind',
      `adds ${printable(key)}, which is to be computed, without saying when`,
      column.location,
    );
  }
}

/** N's INSERT evaluates the default: an error rejects the row. */
function judgeDefault(scope: StatementScope, key: string, column: Column): void {
  const doubtful = doubtfulFunction(column.defaultValue);
  if (doubtful !== undefined) {
    report(
      scope,
      'tighten-constraint',
      `adds ${printable(key)} with a default that calls ${doubtful}() for each row N writes`,
      column.location,
    );
  }
}

/** An unknown type may reject NULL. */
function judgeType(scope: StatementScope, key: string, column: Column): void {
  if (!column.knownType && column.defaultValue === undefined) {
    report(
      scope,
      'cannot-follow',
      `adds ${printable(key)} of type ${column.type}, which this migration doesn't make: a domain may refuse NULL`,
      column.location,
    );
  }
}

function judgeChecks(scope: StatementScope, table: string, key: string, column: Column): void {
  const values = new Map([...scope.state.newColumnsOf(table), [column.name, givenValue(column)] as const]);
  for (const check of column.checks) {
    const result = evaluate(check.raw_expr, values);
    const old = columnsIn(check.raw_expr).filter((name) => !values.has(name));
    if (result.known && result.value === false) {
      report(
        scope,
        'add-required-column',
        `adds ${printable(key)} with a CHECK that refuses the value N's rows get`,
        check.location,
      );
    } else if (!result.known) {
      const what =
        old.length > 0
          ? `restricts the existing ${old.join(', ')}`
          : 'cannot be shown to accept the value N’s rows get';
      report(scope, 'tighten-constraint', `adds ${printable(key)} with a CHECK that ${what}`, check.location);
    }
    if (!scope.state.isHarmlessToLock(table)) {
      report(
        scope,
        'check-validates',
        `adds ${printable(key)} with a CHECK that is tested on every row at once`,
        check.location,
      );
    }
  }
}

function judgeKeys(scope: StatementScope, key: string, column: Column): void {
  for (const unique of column.uniques) {
    const same = column.defaultValue !== undefined && volatileFunction(column.defaultValue) === undefined;
    if (same || unique.nulls_not_distinct === true) {
      report(
        scope,
        'tighten-constraint',
        `adds ${printable(key)}, unique, with the same value for every row N writes`,
        unique.location,
      );
    }
    report(
      scope,
      'unique-builds-index',
      `adds ${printable(key)} with a unique index built under lock`,
      unique.location,
    );
  }
  for (const reference of column.references) {
    if (hasValue(column) && isEnforced(reference)) {
      report(
        scope,
        'tighten-constraint',
        `adds ${printable(key)} with a foreign key that the value of N's rows must satisfy`,
        reference.location,
      );
      if (reference.skip_validation !== true) {
        report(
          scope,
          'foreign-key-validates',
          `adds ${printable(key)} with a foreign key checked for every row at once`,
          reference.location,
        );
      }
    }
  }
}

function judgeRewrite(scope: StatementScope, key: string, column: Column): void {
  const volatile = column.defaultValue === undefined ? undefined : volatileFunction(column.defaultValue);
  const cause =
    volatile !== undefined
      ? `the volatile default ${volatile}()`
      : column.serial
        ? `type ${column.type}`
        : column.identity
          ? 'an identity'
          : column.generated === 'stored'
            ? 'a stored expression'
            : column.constrainedDomain
              ? `domain ${column.type}, which checks its values`
              : undefined;
  if (cause !== undefined) {
    report(scope, 'column-rewrites-table', `adds ${printable(key)} with ${cause}`, column.location);
  }
}

function givenValue(column: Column): Node | undefined {
  return column.defaultValue ?? (hasValue(column) ? { SetToDefault: {} } : undefined);
}
