import type { Constraint } from '@pgsql/types';
import { takeLock } from '../state/lock-timeout.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { isRecord, walk } from '../syntax/tree.ts';

/** Locks the referenced table, which may be N's. */
export function visitReference(scope: StatementScope, child: string, constraint: Constraint): void {
  const { state } = scope;
  const parent = state.relationKey(constraint.pktable);
  if (constraint.pktable === undefined || parent === child || state.isNewTable(parent)) {
    return;
  }
  const keepsRows = ['a', 'r', undefined].includes(constraint.fk_del_action) && constraint.is_enforced !== false;
  const fails = keepsRows
    ? "N's TRUNCATE of it fails from now on, and its DELETE of a row as soon as a newer image refers to the row"
    : "N's TRUNCATE of it fails from now on";
  report(
    scope,
    'references-existing-table',
    `refers from ${printable(child)} to the existing ${printable(parent)}: ${fails}`,
    constraint.location,
  );
  if (!state.isHarmlessToLock(parent)) {
    takeLock(
      scope,
      parent,
      `makes a foreign key of ${printable(child)}, which locks ${printable(parent)} against N's writes`,
    );
  }
}

export function visitReferencesOf(scope: StatementScope, child: string, definition: unknown): void {
  walk(definition, (tag, body) => {
    if (tag === 'Constraint' && body['contype'] === 'CONSTR_FOREIGN' && isRecord(body['pktable'])) {
      visitReference(scope, child, body);
    }
  });
}
