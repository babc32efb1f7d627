/** The API server refused Helm's change to a field that something else had set. */
export interface FieldConflict {
  readonly kind: string;
  readonly name: string;
  /** E.g. `kubectl-set` or `kube-controller-manager`; writers without a manager appear by their program's name. */
  readonly manager: string;
  readonly subresource?: string;
  /** E.g. `.spec.replicas`. */
  readonly field: string;
}

const object =
  /conflict occurred while applying object \S*?([^/\s]+) \S+, Kind=(\w+): Apply failed with \d+ conflicts?: /g;
const manager =
  /^conflicts? with "((?:[^"\\]|\\.)*)"(?: with subresource "([^"]*)")?(?: using \S+?)?(?: at \S+Z)?:(?: (.+))?$/;

/**
 * Parses Helm 4's output or the description of a failed revision. A single conflict has its field after the manager;
 * several have theirs on the lines below it.
 */
export function fieldConflictsIn(text: string): readonly FieldConflict[] {
  const heads = [...text.matchAll(object)];
  const found = heads.flatMap(({ index, 0: head, 1: name = '', 2: kind = '' }, at) => {
    const end = heads[at + 1]?.index ?? text.length;
    return conflictsOf(text.slice(index + head.length, end)).map((each) => ({ kind, name, ...each }));
  });
  // Helm may log the error and repeat it at the end.
  return found.filter((each, index) => found.findIndex((other) => same(each, other)) === index);
}

function conflictsOf(text: string): readonly Pick<FieldConflict, 'manager' | 'subresource' | 'field'>[] {
  const found: Pick<FieldConflict, 'manager' | 'subresource' | 'field'>[] = [];
  let by: Pick<FieldConflict, 'manager' | 'subresource'> | undefined;
  for (const line of text.replace(/ && .*$/s, '').split('\n')) {
    const named = manager.exec(line);
    const field = named?.[3] ?? /^- (.+)$/.exec(line)?.[1];
    if (named?.[1] !== undefined) {
      by = { manager: named[1], ...(named[2] === undefined ? {} : { subresource: named[2] }) };
    } else if (field === undefined) {
      break;
    }
    if (by !== undefined && field !== undefined) {
      found.push({ ...by, field });
    }
  }
  return found;
}

function same(a: FieldConflict, b: FieldConflict): boolean {
  return a.kind === b.kind && a.name === b.name && a.manager === b.manager && a.field === b.field;
}

/** E.g. `kubectl (scale) has set .spec.replicas`. */
export function describeConflict({ manager: who, subresource, field }: FieldConflict): string {
  return `${who}${subresource === undefined ? '' : ` (${subresource})`} has set ${field}`;
}
