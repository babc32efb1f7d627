import type { Node } from '@pgsql/types';
import { judgeAlterTable } from './alter-table.ts';
import { judgeReferences } from './calls.ts';
import { judgeCode } from './code.ts';
import { judgeCreation } from './creation.ts';
import { judgeData } from './data.ts';
import { judgeDrop } from './drop.ts';
import { judgeUncommittedValues } from './enum-values.ts';
import { judgeIndex } from './index-rules.ts';
import { judgeMaintenance } from './maintenance.ts';
import { parseSql } from './parser.ts';
import { judgePrivileges } from './privileges.ts';
import { judgeRename } from './rename.ts';
import { deepest, oneLine, report, type Scope, type StatementScope } from './scope.ts';
import { judgeSession } from './session.ts';
import { tagOf } from './tree.ts';
import { judgeTypes } from './type-rules.ts';

/** Looks at the statements it knows and answers whether this is one of them. */
export type Judge = (node: Node, scope: StatementScope) => boolean;

const judges: readonly Judge[] = [
  judgeAlterTable,
  judgeIndex,
  judgeCreation,
  judgeData,
  judgeDrop,
  judgeRename,
  judgeTypes,
  judgePrivileges,
  judgeSession,
  judgeMaintenance,
  judgeCode,
];

/** Judges a text of SQL statements in the order in which they run. What no judge knows is reported, not passed. */
export function judgeSql(sql: string, scope: Scope): void {
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
      judgeStatement(node, statement);
    }
  }
}

/** Judges one statement, also where it is nested in another (CREATE SCHEMA, EXPLAIN, PREPARE, BEGIN ATOMIC). */
export function judgeStatement(node: Node, scope: StatementScope): void {
  if (scope.depth > deepest) {
    report(scope, 'budget-exhausted', `is nested deeper than ${deepest} calls`);
    return;
  }
  judgeUncommittedValues(node, scope);
  if (!isQueryOrCode(node)) {
    judgeReferences(node, scope);
  }
  if (!judges.some((judge) => judge(node, scope))) {
    report(scope, 'cannot-follow', `no rule knows what ${tagOf(node)} does to image N`);
  }
}

/** Calls in queries are judged with their arguments; making, dropping or renaming a function doesn't run it. */
function isQueryOrCode(node: Node): boolean {
  return /^(?:Select|Insert|Update|Delete|Merge|Copy|Explain|Call|Do|CreateFunction|Return|Prepare|Execute|Drop|Rename|AlterObjectSchema|AlterOwner|Grant|AlterFunction|Comment)/.test(
    tagOf(node),
  );
}
