/** A field that the API server wouldn't change for Helm, because somebody else has set it since. */
export interface FieldConflict {
  readonly kind: string;
  readonly name: string;
  /** Who has set it, e.g. `kubectl-set` or `kube-controller-manager`; what writes without a name is named by its program. */
  readonly manager: string;
  /** E.g. `scale`, for who went through it. */
  readonly subresource?: string;
  /** E.g. `.spec.replicas`. */
  readonly field: string;
}

const object =
  /conflict occurred while applying object \S*?([^/\s]+) \S+, Kind=(\w+): Apply failed with \d+ conflicts?: /g;
const manager =
  /^conflicts? with "((?:[^"\\]|\\.)*)"(?: with subresource "([^"]*)")?(?: using \S+?)?(?: at \S+Z)?:(?: (.+))?$/;

/**
 * The conflicts in Helm 4's words: of its output, or of a failed revision's description. One has its field behind its manager,
 * several stand in lines of their own below each manager. None where nothing was refused for that.
 */
export function fieldConflictsIn(text: string): readonly FieldConflict[] {
  const heads = [...text.matchAll(object)];
  const found = heads.flatMap(({ index, 0: head, 1: name = '', 2: kind = '' }, at) => {
    const end = heads[at + 1]?.index ?? text.length;
    return conflictsOf(text.slice(index + head.length, end)).map((each) => ({ kind, name, ...each }));
  });
  // Helm may say it twice: as it logs, and as it ends.
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
export function tellConflict({ manager: who, subresource, field }: FieldConflict): string {
  return `${who}${subresource === undefined ? '' : ` (${subresource})`} has set ${field}`;
}
