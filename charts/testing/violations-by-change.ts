import type { Violation } from '@meho/helm/render';
import { isTable } from '@meho/helm/value-path';
import { violationsOf } from './chart.ts';
import { type Change, roundsOf } from './rounds.ts';
import { MINIMAL_VALUES, type Values } from './values.ts';

/**
 * Groups changes, because helm reports every path at once: hundreds of cases take a handful of starts.
 *
 * @throws Error for a violation that no change explains
 */
export async function violationsByChange<T extends Change>(
  changes: readonly T[],
): Promise<readonly (T & { readonly violations: readonly Violation[] })[]> {
  const answered = await Promise.all(
    roundsOf(changes).map(async (round) => {
      const values = round.reduce<Values>((all, { pointer, value }) => withChange(all, pointer, value), MINIMAL_VALUES);
      const violations = await violationsOf(values);
      const stray = violations.filter((violation) => !round.some((change) => isAbout(violation, change)));
      if (stray.length > 0) {
        throw new Error(
          `nothing was changed at ${stray.map(({ path, message }) => `'${path}': ${message}`).join('; ')}`,
        );
      }
      return new Map(round.map((change) => [change, violations.filter((violation) => isAbout(violation, change))]));
    }),
  );
  const answers = new Map(answered.flatMap((round) => [...round]));
  return changes.map((change) => ({ ...change, violations: answers.get(change) ?? [] }));
}

/** `0` is the only element of a list, which is made where there is none. */
function withChange(values: Values, pointer: string, value: unknown): Values {
  return changed(values, pointer.split('/').slice(1), value) as Values;
}

function changed(inside: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) {
    return value;
  }
  if (key === '0') {
    return [changed(Array.isArray(inside) ? inside[0] : undefined, rest, value)];
  }
  const table = isTable(inside) ? inside : {};
  return { ...table, [key]: changed(table[key], rest, value) };
}

/** Whether it concerns the field (or list element), its content or its presence. */
function isAbout(violation: Violation, change: Change): boolean {
  const { message } = violation;
  const path = violation.chart === 'broadcast' ? `/broadcast${violation.path}` : violation.path;
  const field = change.pointer.replace(/\/0\/.*$/, '/0');
  const parent = field.slice(0, field.lastIndexOf('/'));
  const key = field.slice(parent.length + 1);
  const isPresence = /^(missing|additional) propert(y|ies) /.test(message) && message.includes(`'${key}'`);
  return `${path}/`.startsWith(`${field}/`) || (path === parent && isPresence);
}
