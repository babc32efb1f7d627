import type { AuditLog } from '@meho/contract/audit-log/audit-log';
import { Backplane } from '@meho/contract/backplane/backplane';
import type { CheckInputs, Result } from '@meho/contract/check';
import { pullRequestChecks, SMOKE_ANSWER_SECONDS } from '@meho/contract/checks';
import { runChecks } from '@meho/contract/run-checks';
import type { Secret } from '@meho/contract/token/secret';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { Subject } from '@meho/helm/subject';
import type { KubeApi } from '@meho/kube/api/api';
import { forwardPort } from '@meho/kube/workloads/port-forward';
import { readyPod } from './ready-pod.ts';

/** Contract, "The backplane's surface". */
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
 * Checks through a port-forward, which it always closes.
 *
 * @throws Problem if no pod is ready; check failures are in the results
 */
export async function runForwardedSmoke(
  api: KubeApi,
  { subject, expectedGitSha, token, database }: ForwardedSmoke,
  { signal, onResult }: { readonly signal: AbortSignal; readonly onResult: (result: Result) => void },
): Promise<void> {
  const pod = await readyPod(api, subject, signal);
  await using forward = await forwardPort(api, subject.namespace, pod, podPort);
  const origin = new URL(`http://127.0.0.1:${forward.port}`);
  await waitForAnswer(origin, forward.failures, signal);
  using https = new Backplane({ origin, deadlineMs: answerDeadlineMs });
  const inputs: Partial<CheckInputs> = {
    https,
    cluster: { ...subject, api, rolloutDeadlineMs },
    ...(token === undefined ? {} : { token }),
    ...(database === undefined ? {} : { database }),
  };
  const checks = pullRequestChecks({ subject, expectedGitSha, withToken: token !== undefined });
  await runChecks(checks, { inputs, missing: { database: 'DATABASE_URL is not set' } }, { signal, onResult });
}

/** Retries the connection only; a response is judged once. */
async function waitForAnswer(origin: URL, failures: readonly string[], signal: AbortSignal): Promise<void> {
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
    // The checks report what is wrong.
    signal.throwIfAborted();
  }
}
