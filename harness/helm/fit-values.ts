import type { ValuesError, Violation } from './render.ts';
import { dotted, isWithin, leavesOf, pathOf, type ValuePath, valueAt, without, withValue } from './value-path.ts';
import type { Values } from './values.ts';

/** What becomes of values that a chart doesn't take as they are. */
export interface Fit {
  /** Values that the chart's schema refuses, left to the chart. */
  readonly leftOut: readonly ValuePath[];
  /** Numbers and booleans that it takes as text. */
  readonly asText: readonly ValuePath[];
}

export const asItIs: Fit = { leftOut: [], asText: [] };

/** The values as the chart takes them. */
export function fitted(values: Values, { leftOut, asText }: Fit): Values {
  const kept = leavesOf(values)
    .filter((leaf) => leftOut.some((path) => isWithin(leaf, path)))
    .reduce<Values>(without, values);
  return asText.reduce<Values>((all, path) => {
    const value = valueAt(all, path);
    return typeof value === 'number' || typeof value === 'boolean' ? withValue(all, path, String(value)) : all;
  }, kept);
}

/** Where a violation is, in the values of the chart itself: a subchart's own paths start at its own values. */
export function placeOf({ chart, path }: Violation, name: string, values: Values): ValuePath {
  const place = pathOf(path);
  return chart === undefined || chart === name || valueAt(values, [chart]) === undefined ? place : [chart, ...place];
}

/** Which of the values a violation refuses, by their paths; none where it is about others. */
export function refusedBy(violation: Violation, name: string, values: Values): readonly ValuePath[] {
  const place = placeOf(violation, name, values);
  const leaves = leavesOf(values);
  // At the value itself, or at an item of a list that it is.
  const own = leaves.filter((leaf) => isWithin(place, leaf));
  if (own.length > 0 || isAboutContents(violation)) {
    return own;
  }
  const named = namesIn(violation.message).map((each) => [...place, each]);
  const inside = leaves.filter((leaf) => named.some((path) => isWithin(leaf, path)));
  const isWhole = named.length === 0 && violation.message === 'false schema';
  return isWhole ? leaves.filter((leaf) => isWithin(leaf, place)) : inside;
}

/** What a table lacks is nothing that it was given. */
function isAboutContents({ message }: Violation): boolean {
  return message.startsWith('missing propert');
}

/** `additional properties 'a', 'b' not allowed`, `invalid propertyName 'c'`. */
function namesIn(message: string): readonly string[] {
  return [...message.matchAll(/'([^']*)'/g)].map(([, name = '']) => name);
}

/**
 * What a refusal comes from: where a part of a schema fails, newer drafts call everything that it evaluates forbidden, and
 * that it failed is said as well.
 */
export function roots(violations: readonly Violation[]): readonly Violation[] {
  const specific = violations.filter(({ message }) => message !== 'false schema' && !/^'\w+' failed/.test(message));
  return specific.length > 0 ? specific : violations;
}

/**
 * One step towards a fit after a refusal: a number is tried as text first, and left out when that is refused as well.
 *
 * @param mayGo whether a value may be left out at all
 * @returns undefined where nothing of what was refused is among the values
 */
export function fitAfter(
  error: ValuesError,
  name: string,
  values: Values,
  fit: Fit,
  mayGo: (path: ValuePath) => boolean = () => true,
): Fit | undefined {
  const given = fitted(values, fit);
  const refused = new Map<string, ValuePath>();
  const asText = new Map<string, ValuePath>();
  for (const violation of roots(error.violations)) {
    for (const path of refusedBy(violation, name, given)) {
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
