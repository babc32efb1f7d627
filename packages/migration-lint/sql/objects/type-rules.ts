import type { CreateDomainStmt, Node } from '@pgsql/types';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { words } from '../syntax/tree.ts';
import { visitNewValue } from './enum-values.ts';

const domainCommands: Readonly<Record<string, readonly [Parameters<typeof report>[1], string]>> = {
  T: ['change-default', 'changes the default'],
  N: ['drop-not-null', 'drops NOT NULL'],
  O: ['set-not-null', 'sets NOT NULL'],
  C: ['tighten-constraint', 'adds a constraint'],
  X: ['drop-constraint', 'drops a constraint'],
  V: ['check-validates', 'validates a constraint'],
};

export function visitTypes(node: Node, scope: StatementScope): boolean {
  const { state } = scope;
  if ('CreateDomainStmt' in node) {
    rememberDomain(node.CreateDomainStmt, scope);
    return true;
  }
  if ('AlterDomainStmt' in node) {
    const key = state.wordsKey(words(node.AlterDomainStmt.typeName));
    const { subtype = '' } = node.AlterDomainStmt;
    const [rule, what] = domainCommands[subtype] ?? [];
    if (rule !== undefined && !state.objects.has(`OBJECT_DOMAIN:${key}`)) {
      report(scope, rule, `${what} of domain ${printable(key)}, for every column of that type`);
    }
    if (subtype === 'O') state.notNullDomains.add(key);
    if (subtype === 'C') state.constrainedDomains.add(key);
    return true;
  }
  if ('AlterEnumStmt' in node) {
    const { typeName, oldVal, newVal } = node.AlterEnumStmt;
    const key = state.wordsKey(words(typeName));
    if (oldVal === undefined) {
      visitNewValue(scope, node.AlterEnumStmt);
    } else if (!state.objects.has(`OBJECT_TYPE:${key}`)) {
      report(scope, 'rename-enum-value', `renames value '${oldVal}' of enum ${printable(key)} to '${newVal ?? ''}'`);
    }
    return true;
  }
  if ('AlterSeqStmt' in node) {
    const key = state.relationKey(node.AlterSeqStmt.sequence);
    const changes = (node.AlterSeqStmt.options ?? []).flatMap((option) =>
      'DefElem' in option ? [option.DefElem.defname ?? ''] : [],
    );
    if (!state.objects.has(`OBJECT_SEQUENCE:${key}`) && changes.some((change) => change !== 'owned_by')) {
      report(scope, 'change-sequence', `changes ${changes.join(', ')} of sequence ${printable(key)}`);
    }
    return true;
  }
  return false;
}

function rememberDomain(statement: CreateDomainStmt, scope: StatementScope): void {
  const { state } = scope;
  const key = state.wordsKey(words(statement.domainname));
  const kinds = (statement.constraints ?? []).flatMap((node) =>
    'Constraint' in node ? [node.Constraint.contype] : [],
  );
  const base = state.wordsKey(words(statement.typeName?.names));
  const hasDefault = kinds.includes('CONSTR_DEFAULT');
  const checks =
    kinds.includes('CONSTR_CHECK') || kinds.includes('CONSTR_NOTNULL') || state.constrainedDomains.has(base);
  // A CHECK may refuse NULL; only NOT NULL is known to.
  if ((kinds.includes('CONSTR_NOTNULL') || state.notNullDomains.has(base)) && !hasDefault) {
    state.notNullDomains.add(key);
  }
  if (checks) {
    state.constrainedDomains.add(key);
  }
  state.objects.add(`OBJECT_DOMAIN:${key}`);
}
