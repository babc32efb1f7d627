import { createAuthority } from '@meho/core/testing/authority';
import { once } from '@meho/core/wait/once';
import { Backplane } from '../backplane/backplane.ts';
import { type Check, isFailure, type Result } from '../check.ts';
import { installChecks, rollbackChecks, smokeChecks, unauthenticatedChecks } from '../checks.ts';
import { runChecks } from '../run-checks.ts';
import { Secret } from '../token/secret.ts';
import { type Behaviour, type Faults, STUB_HOST, STUB_SHA, STUB_TOKEN, serveStub } from './stub-backplane.ts';

const subject = { namespace: 'meho', release: 'meho' };
/** Of the stub that all tests ask. */
const authority = once(createAuthority);

export const install = installChecks({
  subject,
  expectedGitSha: STUB_SHA.slice(0, 12),
  startedAt: undefined,
  enforceBudget: false,
});
export const smoke = smokeChecks({ subject, startedAt: undefined, enforceBudget: false, skipLogin: false });
export const unauthenticated = unauthenticatedChecks(subject);
export const rollback = rollbackChecks({ subject, gitSha: STUB_SHA, columns: ['payload_summary'] });

/** Below the test's own: on a busy machine a sound answer may take seconds. */
const answerDeadlineMs = 8000;
/** Of a stub that never answers. */
const silenceMs = 2000;

export async function look(checks: readonly Check[], faults: Faults, routedWithinMs = 0): Promise<readonly Result[]> {
  await using server = await serveStub(await authority(), faults);
  using https = new Backplane({
    origin: new URL(`https://${STUB_HOST}`),
    ca: [(await authority()).certificatePem],
    connectTo: { host: '127.0.0.1', port: server.port },
    deadlineMs: Object.values(faults).includes(never) ? silenceMs : answerDeadlineMs,
    routedWithinMs,
  });
  const missing = { cluster: 'no cluster here', database: 'no database here' };
  return await runChecks(
    checks,
    { inputs: { https, token: new Secret(STUB_TOKEN) }, missing },
    { signal: AbortSignal.timeout(30_000) },
  );
}

export function red(results: readonly Result[]): readonly string[] {
  return results.filter(({ verdict }) => isFailure(verdict)).map(({ check }) => check.id);
}

export function seen(results: readonly Result[], id: string): string {
  const verdict = results.find(({ check }) => check.id === id)?.verdict;
  return verdict !== undefined && 'observed' in verdict ? verdict.observed : String(verdict?.outcome);
}

export function hintOf(results: readonly Result[], id: string): string {
  const verdict = results.find(({ check }) => check.id === id)?.verdict;
  return verdict !== undefined && 'hint' in verdict ? verdict.hint : String(verdict?.outcome);
}

export function notes(results: readonly Result[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    results.flatMap(({ check, verdict }) => (verdict.outcome === 'skipped' ? [[check.id, verdict.reason]] : [])),
  );
}

export const never: Behaviour = () => undefined;
export const reset: Behaviour = (request) => request.socket.destroy();
export const huge: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('x'.repeat(1_100_000));
};
