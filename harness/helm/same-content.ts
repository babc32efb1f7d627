import type { Hook, Revision } from './record.ts';

/** Hooks of these events run on a rollback, or whenever somebody asks: their runs say nothing of an install or upgrade. */
const otherEvents: ReadonlySet<string> = new Set([
  'pre-rollback',
  'post-rollback',
  'test',
  'test-success',
  'test-failure',
]);

/** Whether a hook runs with an install or upgrade alone, so that a run in the record tells which of them it was. */
export function isTelling({ events }: Hook): boolean {
  return !events.some((event) => otherEvents.has(event));
}

/**
 * Whether one revision is what Helm makes of the other by a rollback: it copies chart, values, manifest and hooks, and
 * with them when the hooks ran. Helm of another version writes the same content in another form.
 */
export function isCopy(copy: Revision, original: Revision): boolean {
  return (
    copy.manifest === original.manifest &&
    copy.hooks.length === original.hooks.length &&
    copy.hooks.every((hook, index) => isCopiedHook(hook, original.hooks[index])) &&
    same(values(copy.config), values(original.config)) &&
    sameChart(copy.chartContent, original.chartContent)
  );
}

function isCopiedHook(copy: Hook, original: Hook | undefined): boolean {
  return (
    original !== undefined &&
    same(copy.definition, original.definition) &&
    (!isTelling(copy) ||
      (copy.startedAt === original.startedAt &&
        copy.completedAt === original.completedAt &&
        copy.phase === original.phase))
  );
}

/** No values are an empty table to one Helm and nothing at all to another. */
function values(given: unknown): unknown {
  return given ?? {};
}

/** Files' times, which Helm 3 drops and Helm 4 keeps. */
const fileTimes: ReadonlySet<string> = new Set(['modtime', 'schemamodtime']);

/** Of values every detail counts; of the rest, what is empty is the same as what is not there. */
function sameChart(a: unknown, b: unknown): boolean {
  if (!(isTable(a) && isTable(b))) {
    return (isNothing(a) && isNothing(b)) || (Array.isArray(a) && Array.isArray(b) ? sameLists(a, b) : same(a, b));
  }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => {
    if (fileTimes.has(key)) {
      return isNothing(a[key]) || isNothing(b[key]) || Date.parse(String(a[key])) === Date.parse(String(b[key]));
    }
    return key === 'values' ? same(values(a[key]), values(b[key])) : sameChart(a[key], b[key]);
  });
}

function sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, index) => sameChart(element, b[index]));
}

function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    // Go's zero time.
    (typeof value === 'string' && value.startsWith('0001-01-01T')) ||
    (Array.isArray(value) && value.length === 0) ||
    (isTable(value) && Object.keys(value).length === 0)
  );
}

/** As JSON says it: the order of members is none. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((element, index) => same(element, b[index]));
  }
  if (isTable(a) && isTable(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => Object.hasOwn(a, key) === Object.hasOwn(b, key) && same(a[key], b[key]));
  }
  return a === b;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
