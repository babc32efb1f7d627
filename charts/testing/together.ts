import type { Violation } from '../../harness/helm/render.ts';
import { violationsOf } from './chart.ts';
import { type Change, roundsOf } from './rounds.ts';
import { MINIMAL_VALUES, type Values, withValue } from './values.ts';

/**
 * What helm says against each change. Changes to different fields are asked about in one go, because helm names every
 * path at once: hundreds of cases take a handful of helm's starts.
 *
 * @throws Error when helm says something that none of the changes of its round accounts for
 */
export async function askTogether<T extends Change>(
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

function withChange(values: Values, pointer: string, value: unknown): Values {
  const [list = '', rest] = pointer.split('/0');
  if (rest === undefined) {
    return withValue(values, pointer, value);
  }
  return withValue(values, list, [rest === '' ? value : withValue({}, rest, value)]);
}

/** Whether helm speaks of the field (or its list element), what is in it, or its presence. */
function isAbout(violation: Violation, change: Change): boolean {
  const { message } = violation;
  const path = violation.chart === 'broadcast' ? `/broadcast${violation.path}` : violation.path;
  const field = change.pointer.replace(/\/0\/.*$/, '/0');
  const parent = field.slice(0, field.lastIndexOf('/'));
  const key = field.slice(parent.length + 1);
  const isPresence = /^(missing|additional) propert(y|ies) /.test(message) && message.includes(`'${key}'`);
  return `${path}/`.startsWith(`${field}/`) || (path === parent && isPresence);
}
