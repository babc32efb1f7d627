import { CommandError } from '@meho/core/process/run';
import { serveNamespace } from '@meho/helm/testing/record-server';
import { documentOf, type RevisionSpec, storeRecord } from '@meho/helm/testing/records';
import { expect, test } from 'vitest';
import { fieldConflict } from './field-conflict.ts';

const signal = AbortSignal.timeout(10_000);
/** Helm 4.3.1 on API server 1.34.4, after `kubectl scale` and `kubectl set image`. */
const words = `level=WARN msg="upgrade failed" name=meho error="conflict occurred while applying object ns/meho apps/v1, Kind=Deployment: Apply failed with 2 conflicts: conflicts with \\"kubectl\\" with subresource \\"scale\\" using apps/v1:\\n- .spec.replicas\\nconflicts with \\"kubectl-set\\" using apps/v1:\\n- .spec.template.spec.containers[name=\\"meho\\"].image"
Error: UPGRADE FAILED: conflict occurred while applying object ns/meho apps/v1, Kind=Deployment: Apply failed with 2 conflicts: conflicts with "kubectl" with subresource "scale" using apps/v1:
- .spec.replicas
conflicts with "kubectl-set" using apps/v1:
- .spec.template.spec.containers[name="meho"].image
`;
const failed = (stderr: string) => new CommandError('helm upgrade', 'exit code 1', { exitCode: 1, stdout: '', stderr });
const more = { apply_method: 'ssa' };
const n: RevisionSpec = { revision: 1, status: 'deployed', more };
const next: RevisionSpec = {
  revision: 2,
  status: 'failed',
  content: 'N+1',
  description: 'Upgrade "meho" failed: …',
  more,
};

async function causesOf(told: readonly RevisionSpec[], helm: string | undefined, error: unknown = failed(words)) {
  await using served = await serveNamespace({ records: told.map((each) => storeRecord(documentOf(each))) });
  return await fieldConflict(served.api, { namespace: 'ns', release: 'meho', helm }, error, signal);
}

test('who has set which field, and the one command that goes back', async () => {
  const [cause, ...others] = await causesOf([n, next], '4.3.1');
  expect(others).toEqual([]);
  const command = 'helm rollback meho 1 --namespace ns --wait --force-conflicts';
  expect(cause).toMatchObject({
    id: 'field-conflict',
    object: 'Deployment meho',
    observed: expect.stringMatching(
      /^kubectl \(scale\) has set \.spec\.replicas, kubectl-set has set \.spec\.template\.spec\.containers\[name="meho"\]\.image; /,
    ),
    next: expect.stringMatching(/^to go back: helm rollback .* --force-conflicts; .* replicaCount: null/),
    command,
  });
});

test('no command where nothing ever worked; what takes the fields over is named all the same', async () => {
  const [cause] = await causesOf([{ ...n, status: 'failed' }, next], '4.3.1');
  expect(cause).not.toHaveProperty('command');
  expect(cause?.next).toMatch(
    /no revision ever worked; to take the fields over: the same helm upgrade with --force-conf/,
  );
});

test('a failure of another kind is nobody’s conflict', async () => {
  const timedOut = failed('Error: UPGRADE FAILED: context deadline exceeded');
  expect(await causesOf([n, next], '4.3.1', timedOut)).toEqual([]);
});
