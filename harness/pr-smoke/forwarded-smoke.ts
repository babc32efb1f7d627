import type { AuditLog } from '../contract/audit-log.ts';
import { Backplane } from '../contract/backplane.ts';
import type { Given, Result } from '../contract/check.ts';
import { pullRequestChecks, SMOKE_ANSWER_SECONDS } from '../contract/checks.ts';
import { runChecks } from '../contract/run-checks.ts';
import type { Secret } from '../contract/secret.ts';
import type { Subject } from '../contract/subject.ts';
import type { KubeApi } from '../kube/api.ts';
import { forwardPort } from '../kube/port-forward.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { readyPod } from './ready-pod.ts';

/** Contract: the backplane listens on 8000 ("The backplane's surface"). */
const podPort = 8000;
const answerDeadlineMs = SMOKE_ANSWER_SECONDS * 1000;
const warmUpDeadlineMs = 15_000;
const rolloutDeadlineMs = 60_000;

export interface ForwardedSmoke {
  readonly subject: Subject;
  readonly expectedGitSha: string | undefined;
  readonly token: Secret | undefined;
  readonly database: AuditLog | undefined;
}

/**
 * Makes the checks of a pull request through a port-forward to a ready pod, which is closed at the end in any case.
 *
 * @throws Problem where there is no ready pod; what the checks find is in the results
 */
export async function forwardedSmoke(
  api: KubeApi,
  { subject, expectedGitSha, token, database }: ForwardedSmoke,
  { signal, onResult }: { readonly signal: AbortSignal; readonly onResult: (result: Result) => void },
): Promise<void> {
  const pod = await readyPod(api, subject, signal);
  await using forward = await forwardPort(api, subject.namespace, pod, podPort);
  const origin = new URL(`http://127.0.0.1:${forward.port}`);
  await answering(origin, forward.failures, signal);
  using https = new Backplane({ origin, deadlineMs: answerDeadlineMs });
  const given: Partial<Given> = {
    https,
    cluster: { ...subject, api, rolloutDeadlineMs },
    ...(token === undefined ? {} : { token }),
    ...(database === undefined ? {} : { database }),
  };
  const checks = pullRequestChecks({ subject, expectedGitSha, withToken: token !== undefined });
  await runChecks(checks, { given, missing: { database: 'DATABASE_URL is not set' } }, { signal, onResult });
}

/** Until there is any answer: the way is tried again, what comes back over it is judged once. */
async function answering(origin: URL, failures: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    await waitFor(
      'the port-forward to carry an answer',
      async (probeSignal) => {
        using backplane = new Backplane({ origin, deadlineMs: answerDeadlineMs });
        const reply = await backplane.get('/healthz', probeSignal);
        return reply.kind === 'answer'
          ? holds(undefined)
          : notYet([reply.error.observed, ...failures.slice(-1)].join('; '));
      },
      { deadlineMs: warmUpDeadlineMs, signal },
    );
  } catch {
    // The checks say what there is to see, each in its own words.
    signal.throwIfAborted();
  }
}
