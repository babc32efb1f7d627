import type { EnvironmentRequest } from './request.ts';
import { ownSubject } from './request.ts';

/** What a story may need that not every run gives. */
export const needs = {
  /** Objects by their names, or copies of the chart with a defect made on purpose. */
  'our chart': ({ subject }: EnvironmentRequest) =>
    subject.chart === ownSubject.chart && subject.release === ownSubject.release
      ? undefined
      : `it is about charts/meho released as ${ownSubject.release}, and ${subject.chart} as ${subject.release} is judged`,
} as const satisfies Readonly<Record<string, (request: EnvironmentRequest) => string | undefined>>;

export type Need = keyof typeof needs;

/** Why a story can't be told in this run; undefined where it can. */
export function lacking(request: EnvironmentRequest, wanted: readonly Need[]): string | undefined {
  const reasons = wanted.map((need) => needs[need](request)).filter((reason) => reason !== undefined);
  return reasons.length === 0 ? undefined : reasons.join('; ');
}
