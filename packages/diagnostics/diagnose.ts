import { failureLine } from '@meho/core/failure';
import { redactor } from '@meho/core/redaction/redact';
import type { Cause, Recogniser } from './cause.ts';
import { containerFailing } from './causes/container-failing.ts';
import { containerWaiting } from './causes/container-waiting.ts';
import { ingressUnserved } from './causes/ingress-unserved.ts';
import { jobFailed } from './causes/job-failed.ts';
import { jobUnfinished } from './causes/job-unfinished.ts';
import { notReady } from './causes/not-ready.ts';
import { podRefused } from './causes/pod-refused.ts';
import { sandboxNotCreated } from './causes/sandbox-not-created.ts';
import { unschedulable } from './causes/unschedulable.ts';
import { volumeNotMounted } from './causes/volume-not-mounted.ts';
import type { Snapshot } from './snapshot.ts';

/** Ordered from root causes to mere symptoms. */
const recognisers: readonly Recogniser[] = [
  podRefused,
  containerWaiting,
  volumeNotMounted,
  sandboxNotCreated,
  unschedulable,
  containerFailing,
  jobFailed,
  ingressUnserved,
  notReady,
  jobUnfinished,
];

/** Messages of containers and controllers end up in reports, so anything that looks like a secret is redacted. */
const redact = redactor();

/** Returns the likeliest root cause first. Pure: reads only the snapshot. */
export function diagnose(snapshot: Snapshot): readonly Cause[] {
  return recognisers
    .flatMap((recognise) => recognise(snapshot))
    .map((cause) => ({ ...cause, observed: redact(cause.observed) }));
}

export function describeCause({ object, expected, observed, next }: Cause): string {
  return `${object}: ${failureLine({ expected, observed, next })}`;
}
