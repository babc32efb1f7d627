import type { Constraint } from '@pgsql/types';

/** Whether rows are checked at all; false with NOT ENFORCED, which the parser says by leaving the flag out. */
export function isEnforced({ contype, is_enforced }: Constraint): boolean {
  return is_enforced === true || (contype !== 'CONSTR_CHECK' && contype !== 'CONSTR_FOREIGN');
}

/** Of a column, where NOT ENFORCED stands behind the constraint as one of its own. */
export function withEnforcement(constraints: readonly Constraint[]): Constraint[] {
  return constraints.map((constraint, index) => {
    const others = constraints.slice(index + 1);
    const end = others.findIndex(({ contype }) => contype?.startsWith('CONSTR_ATTR_') !== true);
    const attributes = end === -1 ? others : others.slice(0, end);
    return attributes.some(({ contype }) => contype === 'CONSTR_ATTR_NOT_ENFORCED')
      ? { ...constraint, is_enforced: false, skip_validation: true }
      : constraint;
  });
}
