import { history } from '../../harness/helm/history.ts';
import { originOf } from '../../harness/helm/rollback-of.ts';
import { askAuthenticated, type Environment, expect, onlyAnswers, rowsOf, type Site } from '../../harness/test.ts';

/** N answers and nobody else, takes operators' requests, and writes their rows; Helm says that it was rolled back to it. */
export async function expectWorkingN(
  environment: Environment,
  site: Site,
  rolledBackTo: number,
  signal: AbortSignal,
): Promise<void> {
  await onlyAnswers(environment, site, environment.judged.gitSha, signal);
  const asked = await askAuthenticated(environment, site, signal);
  const rows = await rowsOf(
    site,
    asked.map(({ requestId }) => requestId),
  );
  expect(rows.map(({ status_code }) => status_code)).toEqual(asked.map(({ status }) => status));
  const { api, request } = environment;
  const revisions = await history(api, site.namespace, request.subject.release, { signal });
  const last = revisions.at(-1);
  expect(last?.status).toBe('deployed');
  expect(last && originOf(revisions, last)).toMatchObject({
    kind: 'rollback',
    fits: expect.arrayContaining([rolledBackTo]),
  });
}
