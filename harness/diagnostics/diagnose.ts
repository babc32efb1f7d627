import type { Cause, Recogniser } from './cause.ts';
import { containerFailing } from './causes/container-failing.ts';
import { containerWaiting } from './causes/container-waiting.ts';
import { ingressUnserved } from './causes/ingress-unserved.ts';
import { jobFailed } from './causes/job-failed.ts';
import { jobUnfinished } from './causes/job-unfinished.ts';
import { notReady } from './causes/not-ready.ts';
import { podRefused } from './causes/pod-refused.ts';
import { unschedulable } from './causes/unschedulable.ts';
import { volumeNotMounted } from './causes/volume-not-mounted.ts';
import { redactor } from './redact.ts';
import type { Snapshot } from './snapshot.ts';

/** From what is closest to the root of the trouble to what only shows that there is some. */
const recognisers: readonly Recogniser[] = [
  podRefused,
  containerWaiting,
  volumeNotMounted,
  unschedulable,
  containerFailing,
  jobFailed,
  ingressUnserved,
  notReady,
  jobUnfinished,
];

/** Words of containers and controllers go into messages and reports: what has the shape of a secret stays out of them. */
const redact = redactor();

/** Everything that keeps a release from getting on, the likeliest root first. Pure: looks at the snapshot only. */
export function diagnose(snapshot: Snapshot): readonly Cause[] {
  return recognisers
    .flatMap((recognise) => recognise(snapshot))
    .map((cause) => ({ ...cause, observed: redact(cause.observed) }));
}

/** One line a cause, as it appears in an error. */
export function tellCause({ object, expected, observed, next }: Cause): string {
  return `${object}: expected ${expected}; seen: ${observed}; next: ${next}`;
}
