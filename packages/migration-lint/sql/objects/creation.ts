import type { CreatePublicationStmt, CreateStmt, Node } from '@pgsql/types';
import { analyzeStatement } from '../analyze-sql.ts';
import { analyzeReferences } from '../code/calls.ts';
import { analyzeQueries } from '../rows/data.ts';
import { reportCopiedRows, reportRowWork } from '../rows/row-work.ts';
import { takeLock } from '../state/lock-timeout.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { nameWords, tagOf, walk, words } from '../syntax/tree.ts';
import { visitReferencesOf } from '../tables/foreign-key.ts';

/** These only create things that N doesn't know. */
const additive = new Set([
  'CreateExtensionStmt',
  'CreateEnumStmt',
  'CompositeTypeStmt',
  'CreateRangeStmt',
  'CreateStatsStmt',
  'CommentStmt',
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

export function visitCreation(node: Node, scope: StatementScope): boolean {
  const { state } = scope;
  if ('CreateStmt' in node) {
    judgeCreateTable(node.CreateStmt, scope);
  } else if ('CreateForeignTableStmt' in node) {
    // The rows live elsewhere and existed before the migration.
    const key = state.relationKey(node.CreateForeignTableStmt.base?.relation);
    state.tables.set(key, 'shared');
    state.objects.add(`OBJECT_FOREIGN_TABLE:${key}`);
  } else if ('CreateTableAsStmt' in node) {
    const { into, query, objtype, if_not_exists: ifNotExists } = node.CreateTableAsStmt;
    analyzeQueries(query, scope);
    if (into?.skipData !== true && query !== undefined && 'ExecuteStmt' in query) {
      reportRowWork(scope, `copies what ${query.ExecuteStmt.name ?? 'a statement'} reads`);
    } else if (into?.skipData !== true) {
      reportCopiedRows(scope, query, 'copies rows of');
    }
    const key = state.relationKey(into?.rel);
    if (objtype === 'OBJECT_MATVIEW') {
      state.objects.add(`OBJECT_MATVIEW:${key}`);
    }
    rememberTable(scope, key, ifNotExists === true, into?.onCommit);
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
      analyzeStatement(element, scope);
    }
  } else if ('DefineStmt' in node) {
    const { replace, defnames } = node.DefineStmt;
    const key = state.wordsKey(words(defnames));
    if (replace === true) {
      report(scope, 'replace-routine', `creates or replaces ${printable(key)}()`);
    }
  } else if ('CreatePublicationStmt' in node) {
    judgePublication(node.CreatePublicationStmt, scope);
  } else if ('CreateCastStmt' in node) {
    const { context, sourcetype, targettype, func } = node.CreateCastStmt;
    analyzeReferences({ ObjectWithArgs: func }, scope);
    const isNew = [sourcetype, targettype].some((type) => isMade(scope, words(type?.names)));
    if (context !== 'COERCION_EXPLICIT' && !isNew) {
      report(scope, 'cannot-follow', 'creates a cast that applies by itself: expressions of N may mean something else');
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
  visitReferencesOf(scope, table, statement);
  const [parent] = statement.partbound === undefined ? [] : (statement.inhRelations ?? []);
  const whole = parent !== undefined && 'RangeVar' in parent ? state.relationKey(parent.RangeVar) : undefined;
  if (whole !== undefined && !state.isNewTable(whole)) {
    judgePartition(statement, table, whole, scope);
  } else {
    rememberTable(scope, table, statement.if_not_exists === true, statement.oncommit);
  }
}

function rememberTable(
  { state }: StatementScope,
  table: string,
  ifNotExists: boolean,
  onCommit: CreateStmt['oncommit'],
): void {
  if (onCommit === 'ONCOMMIT_DROP') {
    if (state.transaction === 'none') {
      return;
    }
    state.dropsOnCommit.add(table);
  }
  if (!ifNotExists) {
    state.tables.set(table, 'definite');
  } else if (!state.tables.has(table)) {
    state.tables.set(table, 'maybe');
  }
}

/** A partition of N's table receives N's rows, so it isn't new to N. */
function judgePartition(statement: CreateStmt, part: string, whole: string, scope: StatementScope): void {
  scope.state.tables.set(part, 'shared');
  walk(statement.tableElts, (tag, body) => {
    if (tag === 'Constraint' && !['CONSTR_NULL', 'CONSTR_DEFAULT'].includes(String(body['contype']))) {
      report(
        scope,
        'tighten-constraint',
        `creates partition ${printable(part)} of ${printable(whole)} with a constraint of its own, which N's rows must satisfy`,
      );
    }
  });
  takeLock(
    scope,
    whole,
    `creates a partition of ${printable(whole)}, which waits for and takes a lock that keeps N out`,
  );
}

/** If UPDATE and DELETE are published, a table without replica identity (primary key) refuses them. */
function judgePublication(publication: CreatePublicationStmt, scope: StatementScope): void {
  const { state } = scope;
  const published = (publication.options ?? []).flatMap((option) =>
    'DefElem' in option && option.DefElem.defname === 'publish' ? nameWords(option.DefElem.arg) : [],
  );
  const objects = (publication.pubobjects ?? []).flatMap((object) =>
    'PublicationObjSpec' in object ? [object.PublicationObjSpec.pubtable?.relation] : [],
  );
  const onlyNew = objects.length > 0 && objects.every((relation) => state.isNewTable(state.relationKey(relation)));
  const onlyInserts = published.length > 0 && !/update|delete/i.test(published.join());
  if (!onlyNew && !onlyInserts) {
    report(
      scope,
      'cannot-follow',
      `publishes changes by ${publication.pubname}: UPDATE and DELETE of a table without primary key are then refused`,
    );
  }
}

function isMade({ state }: StatementScope, type: readonly string[]): boolean {
  const key = state.wordsKey(type);
  return state.isNewTable(key) || ['OBJECT_TYPE', 'OBJECT_DOMAIN'].some((kind) => state.objects.has(`${kind}:${key}`));
}

function rememberType(node: Node, scope: StatementScope): void {
  const names =
    'CreateEnumStmt' in node
      ? words(node.CreateEnumStmt.typeName)
      : 'CreateRangeStmt' in node
        ? words(node.CreateRangeStmt.typeName)
        : undefined;
  if (names !== undefined) {
    const key = scope.state.wordsKey(names);
    scope.state.objects.add(`OBJECT_TYPE:${key}`);
    scope.state.freshTypes.add(key);
  } else if ('CompositeTypeStmt' in node) {
    scope.state.objects.add(`OBJECT_TYPE:${scope.state.relationKey(node.CompositeTypeStmt.typevar)}`);
  }
}
