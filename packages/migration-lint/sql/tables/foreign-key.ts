import type { Constraint } from '@pgsql/types';
import { takeLock } from '../state/lock-timeout.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { isEnforced } from '../syntax/enforced.ts';
import { isRecord, walk } from '../syntax/tree.ts';

/** Locks the referenced table, which may be N's. */
export function visitReference(scope: StatementScope, child: string, constraint: Constraint): void {
  const { state } = scope;
  const parent = state.relationKey(constraint.pktable);
  if (constraint.pktable === undefined || state.isNewTable(parent)) {
    return;
  }
  const keepsRows = ['a', 'r', undefined].includes(constraint.fk_del_action) && isEnforced(constraint);
  const deletes = 'DELETE of a row as soon as a newer image refers to the row';
  const refersToItself = parent === child;
  if (refersToItself && !keepsRows) {
    return;
  }
  const fails = refersToItself
    ? `N's ${deletes} fails`
    : `N's TRUNCATE of it fails from now on${keepsRows ? `, and its ${deletes}` : ''}`;
  report(
    scope,
    'references-existing-table',
    `refers from ${printable(child)} to the existing ${printable(parent)}: ${fails}`,
    constraint.location,
  );
  if (!refersToItself && !state.isHarmlessToLock(parent)) {
    takeLock(
      scope,
      parent,
      `makes a foreign key of ${printable(child)}, which locks ${printable(parent)} against N's writes`,
    );
  }
}

/** Of a table that is about to be made. */
export function visitReferencesOf(scope: StatementScope, child: string, definition: unknown): void {
  walk(definition, (tag, body) => {
    if (
      tag === 'Constraint' &&
      body['contype'] === 'CONSTR_FOREIGN' &&
      isRecord(body['pktable']) &&
      scope.state.relationKey(body['pktable']) !== child
    ) {
      visitReference(scope, child, body);
    }
  });
}
