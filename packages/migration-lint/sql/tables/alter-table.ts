import type { AlterTableCmd, AlterTableStmt, Constraint, Node } from '@pgsql/types';
import { visitAddColumn } from '../columns/add-column.ts';
import { visitAlterColumn } from '../columns/alter-column.ts';
import { reportRowWork } from '../rows/row-work.ts';
import { takeLock } from '../state/lock-timeout.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { isRecord } from '../syntax/tree.ts';
import { visitAddConstraint } from './add-constraint.ts';
import { visitReference } from './foreign-key.ts';

/** Storage, statistics and the like, which N can't notice. */
const harmless = new Set([
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_ReplaceRelOptions',
  'AT_ClusterOn',
  'AT_DropCluster',
  'AT_ReplicaIdentity',
  'AT_DropOids',
  'AT_DetachPartitionFinalize',
]);
const rewriting = new Set(['AT_SetLogged', 'AT_SetUnLogged', 'AT_SetTableSpace', 'AT_SetAccessMethod']);

export function visitAlterTable(node: Node, scope: StatementScope): boolean {
  if (!('AlterTableStmt' in node)) {
    return false;
  }
  const statement = node.AlterTableStmt;
  const table = scope.state.relationKey(statement.relation);
  const commands = (statement.cmds ?? []).flatMap((command) =>
    'AlterTableCmd' in command ? [command.AlterTableCmd] : [],
  );
  if (!scope.state.isHarmlessToLock(table) && locksOut(statement)) {
    takeLock(scope, table, `ALTER TABLE ${printable(table)} waits for and takes a lock that keeps N out`);
  }
  // Postgres drops first: `ADD a int, DROP a` drops the existing a.
  const isDrop = ({ subtype }: AlterTableCmd) => subtype === 'AT_DropColumn' || subtype === 'AT_DropConstraint';
  for (const command of [...commands.filter(isDrop), ...commands.filter((other) => !isDrop(other))]) {
    judgeCommand(scope, statement, table, command);
  }
  return true;
}

function judgeCommand(scope: StatementScope, statement: AlterTableStmt, table: string, command: AlterTableCmd): void {
  const { subtype = 'AT_AddColumn', name = '', def } = command;
  const isNew = scope.state.isNewTable(table) || scope.state.objects.has(`${statement.objtype}:${table}`);
  if (subtype === 'AT_AddColumn' && statement.objtype === 'OBJECT_TYPE') {
    if (!scope.state.objects.has(`OBJECT_TYPE:${table}`)) {
      report(scope, 'change-column-type', `adds an attribute to ${printable(table)}: values that N writes lack it`);
    }
    return;
  }
  if (subtype === 'AT_AddColumn' && def !== undefined && 'ColumnDef' in def) {
    visitAddColumn(scope, table, def.ColumnDef, command.missing_ok === true);
    return;
  }
  if (subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def) {
    visitReference(scope, table, def.Constraint);
    rememberConstraint(scope, table, def.Constraint);
  }
  if (
    isNew ||
    judgeOptions(scope, table, command) ||
    harmless.has(subtype) ||
    visitAlterColumn(scope, table, command)
  ) {
    return;
  }
  const key = `${table}.${name}`;
  if (subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def) {
    visitAddConstraint(scope, table, def.Constraint);
  } else if (subtype === 'AT_DropConstraint') {
    if (!scope.state.objects.delete(`OBJECT_TABCONSTRAINT:${key}`)) {
      report(scope, 'drop-constraint', `drops constraint ${name} of ${printable(table)}`);
    }
    const others = (scope.state.checks.get(table) ?? []).filter((check) => check.name !== name);
    scope.state.checks.set(table, others);
  } else if (subtype === 'AT_ValidateConstraint') {
    if (scope.state.notValid.delete(key) && scope.state.transaction !== 'none') {
      report(
        scope,
        'validate-in-same-transaction',
        `validates ${name} of ${printable(table)} under the lock that added it`,
      );
    } else {
      reportRowWork(scope, `validates ${name} of ${printable(table)}, for which every row is read,`);
    }
  } else if (subtype === 'AT_DetachPartition' || subtype === 'AT_DropInherit') {
    report(scope, 'detach-partition', `detaches a part of ${printable(table)}`);
  } else if (subtype === 'AT_AttachPartition' || subtype === 'AT_AddInherit') {
    judgeAttach(scope, table, subtype, def);
  } else if (subtype === 'AT_EnableRowSecurity' || subtype === 'AT_ForceRowSecurity') {
    report(scope, 'row-security', `switches row security on for ${printable(table)}`);
  } else if (subtype === 'AT_DisableRowSecurity' || subtype === 'AT_NoForceRowSecurity') {
    report(scope, 'row-security', `switches row security off for ${printable(table)}: N reads rows that it never saw`);
  } else if (subtype === 'AT_ChangeOwner') {
    report(scope, 'change-owner', `changes the owner of ${printable(table)}`);
  } else if (rewriting.has(subtype)) {
    report(scope, 'table-rewrite', `rewrites ${printable(table)} (${words(subtype)})`);
  } else if (/Trig|Rule/.test(subtype)) {
    report(scope, 'create-trigger', `changes which triggers or rules of ${printable(table)} run (${words(subtype)})`);
  } else if (subtype === 'AT_AlterConstraint') {
    judgeAlterConstraint(scope, table, def);
  } else {
    report(scope, 'cannot-follow', `no rule knows what ALTER … ${words(subtype)} does to image N`);
  }
}

/** This migration may drop its own constraints. */
function rememberConstraint({ state }: StatementScope, table: string, { conname }: Constraint): void {
  if (conname !== undefined) {
    state.objects.add(`OBJECT_TABCONSTRAINT:${table}.${conname}`);
  }
}

/** View options or a replica identity that newly refuse N. Returns whether it was one. */
function judgeOptions(scope: StatementScope, table: string, { subtype, def }: AlterTableCmd): boolean {
  if (subtype === 'AT_ReplicaIdentity' && def !== undefined && 'ReplicaIdentityStmt' in def) {
    if (def.ReplicaIdentityStmt.identity_type === 'n') {
      report(
        scope,
        'tighten-constraint',
        `takes the replica identity of ${printable(table)}: where it is published, UPDATE and DELETE are refused`,
      );
    }
    return true;
  }
  if (subtype !== 'AT_SetRelOptions' || def === undefined || !('List' in def)) {
    return false;
  }
  const options = (def.List.items ?? []).flatMap((item) => ('DefElem' in item ? [item.DefElem.defname ?? ''] : []));
  if (options.includes('security_invoker')) {
    report(scope, 'revoke', `changes whose privileges ${printable(table)} is read with`);
  }
  if (options.includes('check_option')) {
    report(scope, 'tighten-constraint', `changes which rows ${printable(table)} takes`);
  }
  return true;
}

/** Enforcement that ends, covers more rows, or comes at another time. */
function judgeAlterConstraint(scope: StatementScope, table: string, def: Node | undefined): void {
  if (def === undefined || !('ATAlterConstraint' in def)) {
    report(scope, 'cannot-follow', `changes a constraint of ${printable(table)}`);
    return;
  }
  const {
    conname = '',
    alterEnforceability,
    is_enforced: enforced,
    alterDeferrability,
    initdeferred,
    alterInheritability,
    noinherit,
  } = def.ATAlterConstraint;
  if (alterEnforceability === true && enforced !== true) {
    report(
      scope,
      'drop-constraint',
      `no longer enforces constraint ${conname} of ${printable(table)}: ON DELETE and ON UPDATE of a foreign key end with it`,
    );
  }
  if (alterInheritability === true && noinherit !== true) {
    report(
      scope,
      'tighten-constraint',
      `makes constraint ${conname} of ${printable(table)} hold for the tables that inherit from it`,
    );
  }
  if (alterDeferrability === true && initdeferred === true) {
    report(
      scope,
      'defer-constraint',
      `checks constraint ${conname} of ${printable(table)} at COMMIT instead of at each statement`,
    );
  }
  if (alterEnforceability === true && enforced === true) {
    report(scope, 'tighten-constraint', `enforces constraint ${conname} of ${printable(table)}`);
    report(
      scope,
      'foreign-key-validates',
      `enforces constraint ${conname} of ${printable(table)} and checks every row at once`,
    );
  }
  if (alterDeferrability === true && initdeferred !== true) {
    report(
      scope,
      'tighten-constraint',
      `checks constraint ${conname} of ${printable(table)} at each statement, not at the end`,
    );
  }
}

function judgeAttach(scope: StatementScope, table: string, subtype: string, def: Node | undefined): void {
  const part =
    def !== undefined && 'PartitionCmd' in def
      ? def.PartitionCmd.name
      : def !== undefined && 'RangeVar' in def
        ? def.RangeVar
        : undefined;
  const child = subtype === 'AT_AddInherit' ? table : scope.state.relationKey(part);
  if (!scope.state.isNewTable(child)) {
    report(
      scope,
      'tighten-constraint',
      `makes the existing ${printable(child)} a part of another table, whose bounds N's rows must satisfy`,
    );
  }
}

/** Takes ACCESS EXCLUSIVE or SHARE ROW EXCLUSIVE. */
function locksOut(statement: AlterTableStmt): boolean {
  return (statement.cmds ?? []).some(
    (command) =>
      isRecord(command) &&
      'AlterTableCmd' in command &&
      !['AT_ValidateConstraint', 'AT_SetStatistics', 'AT_ClusterOn', 'AT_AttachPartition', 'AT_SetRelOptions'].includes(
        command.AlterTableCmd.subtype ?? '',
      ),
  );
}

/** `AT_SetUnLogged` as `set un logged`. */
function words(subtype: string): string {
  return subtype
    .slice(3)
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}
