import type { Constraint } from '@pgsql/types';
import { takeLock } from './lock-timeout.ts';
import { report, type StatementScope } from './scope.ts';
import { printable } from './state.ts';
import { isRecord, walk } from './tree.ts';

/** What a new foreign key means to the table that it refers to, which is locked for it and may be N's. */
export function judgeReference(scope: StatementScope, child: string, constraint: Constraint): void {
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

/** Every foreign key in the definition of a new table. */
export function judgeReferencesOf(scope: StatementScope, child: string, definition: unknown): void {
  walk(definition, (tag, body) => {
    if (tag === 'Constraint' && body['contype'] === 'CONSTR_FOREIGN' && isRecord(body['pktable'])) {
      judgeReference(scope, child, body);
    }
  });
}
