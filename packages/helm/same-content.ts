import type { Hook, Revision } from './record.ts';

/** Also run on rollback or on demand, so their runs don't show an install or upgrade. */
const otherEvents: ReadonlySet<string> = new Set([
  'pre-rollback',
  'post-rollback',
  'test',
  'test-success',
  'test-failure',
]);

/** Whether its run shows an install or upgrade. */
export function identifiesOperation({ events }: Hook): boolean {
  return !events.some((event) => otherEvents.has(event));
}

/**
 * A rollback copies chart, values, manifest and hooks with their run times. Another Helm version may encode the same
 * content differently.
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
    (!identifiesOperation(copy) ||
      (copy.startedAt === original.startedAt &&
        copy.completedAt === original.completedAt &&
        copy.phase === original.phase))
  );
}

/** Some Helms write an empty table, some nothing. */
function values(given: unknown): unknown {
  return given ?? {};
}

/** Helm 3 drops them. */
const fileTimes: ReadonlySet<string> = new Set(['modtime', 'schemamodtime']);

/** Values compare exactly; elsewhere empty equals absent. */
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
    // Go's zero.
    (typeof value === 'string' && value.startsWith('0001-01-01T')) ||
    (Array.isArray(value) && value.length === 0) ||
    (isTable(value) && Object.keys(value).length === 0)
  );
}

/** As JSON: ignores the order of members. */
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
