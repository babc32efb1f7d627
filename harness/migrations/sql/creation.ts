import type { CreateStmt, Node } from '@pgsql/types';
import { judgeQueries } from './data.ts';
import { judgeStatement } from './judge-sql.ts';
import { warnOfLock } from './lock-timeout.ts';
import { report, type StatementScope } from './scope.ts';
import { printable } from './state.ts';
import { isRecord, tagOf, walk, words } from './tree.ts';

/** Statements that only make something N has never heard of. */
const additive = new Set([
  'CreateExtensionStmt',
  'CreateEnumStmt',
  'CompositeTypeStmt',
  'CreateRangeStmt',
  'DefineStmt',
  'CreateStatsStmt',
  'CreatePublicationStmt',
  'CommentStmt',
  'SecLabelStmt',
  'CreateCastStmt',
  'CreateAmStmt',
  'CreateOpClassStmt',
  'CreateOpFamilyStmt',
  'CreateConversionStmt',
  'CreateTransformStmt',
  'CreateFdwStmt',
  'CreateForeignServerStmt',
  'CreateUserMappingStmt',
  'CreateRoleStmt',
  'CreatedbStmt',
  'CreateTableSpaceStmt',
  'CreatePLangStmt',
]);

export function judgeCreation(node: Node, scope: StatementScope): boolean {
  const { state } = scope;
  if ('CreateStmt' in node) {
    judgeCreateTable(node.CreateStmt, scope);
  } else if ('CreateForeignTableStmt' in node) {
    state.tables.set(state.relationKey(node.CreateForeignTableStmt.base?.relation), 'surely');
  } else if ('CreateTableAsStmt' in node) {
    const { into, query, objtype, if_not_exists: ifNotExists } = node.CreateTableAsStmt;
    judgeQueries(query, scope);
    const key = state.relationKey(into?.rel);
    if (objtype === 'OBJECT_MATVIEW') {
      state.objects.add(`OBJECT_MATVIEW:${key}`);
    }
    state.tables.set(key, ifNotExists === true ? 'perhaps' : 'surely');
  } else if ('ViewStmt' in node) {
    const key = state.relationKey(node.ViewStmt.view);
    if (node.ViewStmt.replace === true) {
      report(scope, 'replace-view', `creates or replaces view ${printable(key)}`);
    } else {
      state.objects.add(`OBJECT_VIEW:${key}`);
    }
  } else if ('CreateSeqStmt' in node) {
    if (node.CreateSeqStmt.if_not_exists !== true) {
      state.objects.add(`OBJECT_SEQUENCE:${state.relationKey(node.CreateSeqStmt.sequence)}`);
    }
  } else if ('CreateSchemaStmt' in node) {
    const { schemaname = '', schemaElts = [], if_not_exists: ifNotExists } = node.CreateSchemaStmt;
    if (ifNotExists !== true) {
      state.objects.add(`OBJECT_SCHEMA:${schemaname}`);
    }
    for (const element of schemaElts) {
      judgeStatement(element, scope);
    }
  } else if (!additive.has(tagOf(node))) {
    return false;
  } else {
    rememberType(node, scope);
  }
  return true;
}

function judgeCreateTable(statement: CreateStmt, scope: StatementScope): void {
  const { state } = scope;
  const table = state.relationKey(statement.relation);
  walk(statement, (tag, body) => {
    if (tag === 'Constraint' && body['contype'] === 'CONSTR_FOREIGN' && isRecord(body['pktable'])) {
      const parent = state.relationKey({ ...body['pktable'] });
      if (parent !== table && !state.isHarmlessToLock(parent)) {
        warnOfLock(
          scope,
          `creates ${printable(table)} with a foreign key, which locks ${printable(parent)} against N's writes`,
        );
      }
    }
  });
  if (statement.if_not_exists !== true) {
    state.tables.set(table, 'surely');
  } else if (!state.tables.has(table)) {
    state.tables.set(table, 'perhaps');
  }
}

function rememberType(node: Node, scope: StatementScope): void {
  const names =
    'CreateEnumStmt' in node
      ? words(node.CreateEnumStmt.typeName)
      : 'CreateRangeStmt' in node
        ? words(node.CreateRangeStmt.typeName)
        : undefined;
  if (names !== undefined) {
    scope.state.objects.add(`OBJECT_TYPE:${scope.state.wordsKey(names)}`);
  } else if ('CompositeTypeStmt' in node) {
    scope.state.objects.add(`OBJECT_TYPE:${scope.state.relationKey(node.CompositeTypeStmt.typevar)}`);
  }
}
