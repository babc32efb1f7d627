import type { Node } from '@pgsql/types';
import { analyzeStatement } from '../analyze-sql.ts';
import { holdLock, takeLock } from '../state/lock-timeout.ts';
import { maybe, report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { nameWords } from '../syntax/tree.ts';

export function visitPrivileges(node: Node, scope: StatementScope): boolean {
  const { state } = scope;
  if ('GrantStmt' in node) {
    const { is_grant: isGrant, objects = [] } = node.GrantStmt;
    const isNew = (object: Node) => 'RangeVar' in object && state.isNewTable(state.relationKey(object.RangeVar));
    if (isGrant !== true && !(objects.length > 0 && objects.every(isNew))) {
      report(scope, 'revoke', 'revokes a privilege');
    }
  } else if ('GrantRoleStmt' in node) {
    if (node.GrantRoleStmt.is_grant !== true) {
      report(scope, 'revoke', 'revokes membership of a role');
    }
  } else if ('AlterOwnerStmt' in node || 'ReassignOwnedStmt' in node) {
    const name = 'AlterOwnerStmt' in node ? nameWords(node.AlterOwnerStmt.object).join('.') : '';
    report(scope, 'change-owner', name === '' ? 'gives away what a role owns' : `changes the owner of ${name}`);
  } else if ('CreatePolicyStmt' in node || 'AlterPolicyStmt' in node) {
    const policy = 'CreatePolicyStmt' in node ? node.CreatePolicyStmt : node.AlterPolicyStmt;
    const table = state.relationKey(policy.table);
    const widens = 'CreatePolicyStmt' in node && node.CreatePolicyStmt.permissive === true;
    holdLock(scope, table);
    if (!widens && !state.isNewTable(table)) {
      report(scope, 'row-security', `narrows row security of ${printable(table)} by policy ${policy.policy_name}`);
    }
  } else if ('CreateTrigStmt' in node) {
    const table = state.relationKey(node.CreateTrigStmt.relation);
    if (!state.isNewTable(table)) {
      report(scope, 'create-trigger', `creates trigger ${node.CreateTrigStmt.trigname} on ${printable(table)}`);
      takeLock(scope, table, `CREATE TRIGGER on ${printable(table)} waits for and takes a lock that refuses writes`);
    }
  } else if ('RuleStmt' in node) {
    const table = state.relationKey(node.RuleStmt.relation);
    if (!state.isNewTable(table)) {
      report(scope, 'create-trigger', `creates rule ${node.RuleStmt.rulename} on ${printable(table)}`);
    }
    for (const action of node.RuleStmt.actions ?? []) {
      maybe(scope, (branch) => analyzeStatement(action, branch));
    }
  } else if ('CreateEventTrigStmt' in node || 'AlterEventTrigStmt' in node) {
    report(scope, 'create-trigger', 'creates or changes an event trigger');
  } else {
    return 'AlterDefaultPrivilegesStmt' in node;
  }
  return true;
}
