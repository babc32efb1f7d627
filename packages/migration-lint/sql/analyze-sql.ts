import type { Node } from '@pgsql/types';
import { analyzeReferences } from './code/calls.ts';
import { visitCode } from './code/code.ts';
import { visitCreation } from './objects/creation.ts';
import { visitDrop } from './objects/drop.ts';
import { analyzeUncommittedValues } from './objects/enum-values.ts';
import { visitPrivileges } from './objects/privileges.ts';
import { visitRename } from './objects/rename.ts';
import { visitTypes } from './objects/type-rules.ts';
import { visitData } from './rows/data.ts';
import { visitMaintenance } from './rows/maintenance.ts';
import { deepest, oneLine, report, type Scope, type StatementScope } from './state/scope.ts';
import { visitSession } from './state/session.ts';
import { parseSql } from './syntax/parser.ts';
import { tagOf } from './syntax/tree.ts';
import { visitAlterTable } from './tables/alter-table.ts';
import { visitIndex } from './tables/index-rules.ts';

/** Returns whether it judges this kind of statement. */
type StatementVisitor = (node: Node, scope: StatementScope) => boolean;

const visitors: readonly StatementVisitor[] = [
  visitAlterTable,
  visitIndex,
  visitCreation,
  visitData,
  visitDrop,
  visitRename,
  visitTypes,
  visitPrivileges,
  visitSession,
  visitMaintenance,
  visitCode,
];

/** In execution order. Reports statements no judge knows. */
export function analyzeSql(sql: string, scope: Scope): void {
  const { statements, broken, indexOf } = parseSql(sql);
  const pieces = [
    ...statements.map((statement) => ({ ...statement, message: undefined })),
    ...broken.map((piece) => ({ ...piece, node: undefined, indexOf })),
  ].sort((one, other) => one.start - other.start);
  for (const { node, message, start, end, indexOf: indexInStatement } of pieces) {
    const range = { start: scope.locate(start), end: scope.locate(Math.max(end - 1, start)) + 1 };
    const statement: StatementScope = {
      ...scope,
      start,
      end,
      indexOf: indexInStatement,
      source: sql.slice(start, end),
      statement: oneLine(sql.slice(start, end)),
      frames: [range, ...scope.frames],
    };
    if (node === undefined) {
      report(statement, 'cannot-parse', `Postgres' grammar does not accept this: ${message}`);
    } else {
      analyzeStatement(node, statement);
    }
  }
}

/** Also nested (CREATE SCHEMA, EXPLAIN, PREPARE, BEGIN ATOMIC). */
export function analyzeStatement(node: Node, scope: StatementScope): void {
  if (scope.depth > deepest) {
    report(scope, 'budget-exhausted', `is nested deeper than ${deepest} calls`);
    return;
  }
  analyzeUncommittedValues(node, scope);
  if (!isQueryOrCode(node)) {
    analyzeReferences(node, scope);
  }
  if (!visitors.some((judge) => judge(node, scope))) {
    report(scope, 'cannot-follow', `no rule knows what ${tagOf(node)} does to image N`);
  }
}

/** Queries run the functions they call; creating, dropping or renaming one doesn't. */
function isQueryOrCode(node: Node): boolean {
  return /^(?:Select|Insert|Update|Delete|Merge|Copy|Explain|Call|Do|CreateFunction|Return|Prepare|Execute|Drop|Rename|AlterObjectSchema|AlterOwner|Grant|AlterFunction|Comment)/.test(
    tagOf(node),
  );
}
