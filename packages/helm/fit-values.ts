import type { ValuesError, Violation } from './render.ts';
import { dotted, isWithin, leavesOf, pathOf, type ValuePath, valueAt, without, withValue } from './value-path.ts';
import type { Values } from './values.ts';

export interface Fit {
  readonly leftOut: readonly ValuePath[];
  /** Numbers and booleans passed as text. */
  readonly asText: readonly ValuePath[];
}

export const unchangedFit: Fit = { leftOut: [], asText: [] };

export function applyFit(values: Values, { leftOut, asText }: Fit): Values {
  const kept = leavesOf(values)
    .filter((leaf) => leftOut.some((path) => isWithin(leaf, path)))
    .reduce<Values>(without, values);
  return asText.reduce<Values>((all, path) => {
    const value = valueAt(all, path);
    return typeof value === 'number' || typeof value === 'boolean' ? withValue(all, path, String(value)) : all;
  }, kept);
}

/** A violation's place in the parent's values: a subchart's paths start at its own. */
export function placeOf({ chart, path }: Violation, name: string, values: Values): ValuePath {
  const place = pathOf(path);
  return chart === undefined || chart === name || valueAt(values, [chart]) === undefined ? place : [chart, ...place];
}

export function refusedValues(violation: Violation, name: string, values: Values): readonly ValuePath[] {
  const place = placeOf(violation, name, values);
  const leaves = leavesOf(values);
  // The value, or the list that holds it.
  const own = leaves.filter((leaf) => isWithin(place, leaf));
  if (own.length > 0 || isAboutContents(violation)) {
    return own;
  }
  const named = namesIn(violation.message).map((each) => [...place, each]);
  const inside = leaves.filter((leaf) => named.some((path) => isWithin(leaf, path)));
  const isWhole = /^false schema$|^got object, /.test(violation.message);
  return isWhole ? leaves.filter((leaf) => isWithin(leaf, place)) : inside;
}

/** What is missing was not among the given values. */
function isAboutContents({ message }: Violation): boolean {
  return message.startsWith('missing propert');
}

/** `additional properties 'a', 'b' not allowed`, `invalid propertyName 'c'`. */
function namesIn(message: string): readonly string[] {
  return [...message.matchAll(/'([^']*)'/g)].map(([, name = '']) => name);
}

/**
 * Drops consequences: after a failure, newer drafts also report each evaluated property as forbidden, and the failure
 * itself.
 */
export function rootViolations(violations: readonly Violation[]): readonly Violation[] {
  const specific = violations.filter(({ message }) => message !== 'false schema' && !/^'\w+' failed/.test(message));
  return specific.length > 0 ? specific : violations;
}

/**
 * Fits one step after a refusal: tries a number as text, then leaves it out.
 *
 * @param mayGo whether a value may be left out
 * @returns undefined if no refused value is among `values`
 */
export function nextFit(
  error: ValuesError,
  name: string,
  values: Values,
  fit: Fit,
  mayGo: (path: ValuePath) => boolean = () => true,
): Fit | undefined {
  const given = applyFit(values, fit);
  const refused = new Map<string, ValuePath>();
  const asText = new Map<string, ValuePath>();
  for (const violation of rootViolations(error.violations)) {
    for (const path of refusedValues(violation, name, given)) {
      const value = valueAt(given, path);
      const isOfType = violation.message.startsWith('got ');
      const into = isOfType && (typeof value === 'number' || typeof value === 'boolean') ? asText : refused;
      if (into === asText || mayGo(path)) {
        into.set(dotted(path), path);
      }
    }
  }
  const onlyText = [...asText].flatMap(([key, path]) => (refused.has(key) ? [] : [path]));
  return refused.size + onlyText.length === 0
    ? undefined
    : { leftOut: [...fit.leftOut, ...refused.values()], asText: [...fit.asText, ...onlyText] };
}
