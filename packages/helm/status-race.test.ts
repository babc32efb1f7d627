import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandError } from '@meho/core/process/run';
import { scratchFolder } from '@meho/core/runs/temporary';
import { expect, test } from 'vitest';
import { HelmRelease } from './release.ts';
import { serveNamespace } from './testing/record-server.ts';
import { documentOf, storeRecord } from './testing/records.ts';

const gaveUpOn = (what: string) => `resource ${what} not ready. status: InProgress, message: in progress`;
const onJob = `Error: UPGRADE FAILED: pre-upgrade hooks failed: ${gaveUpOn('Job/meho/meho-migrate')}`;
const onDeployment = `Error: UPGRADE FAILED: ${gaveUpOn('Deployment/meho/meho')}`;

const complete = { conditions: [{ type: 'Complete', status: 'True' }], succeeded: 1 };
const failed = { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] };
const running = { active: 1 };
const available = [{ type: 'Available', status: 'True' }];
const rolledOut = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: available };

interface Race {
  /** What helm says at its first and second call, and then fails; after that, and for '', it succeeds. */
  readonly says: readonly string[];
  readonly job?: object;
  readonly deployment?: object;
  /** Of the newest revision. */
  readonly status?: string;
  readonly refusesDelete?: boolean;
}

/** Drives a helm of a few lines, beside an API server with this record of the cluster. */
async function upgraded({ says, job, deployment, status = 'failed', refusesDelete = false }: Race) {
  await using folder = await scratchFolder('status-race');
  const at = (name: string) => path.join(folder.path, name);
  await writeFile(at('calls'), '');
  await Promise.all(says.map((said, index) => writeFile(at(`says-${index + 1}`), said)));
  const script = `#!/bin/sh
echo "$*" >> '${at('calls')}'
said='${at('says-')}'$(wc -l < '${at('calls')}')
test -s "$said" || exit 0
cat "$said" >&2
exit 1
`;
  await writeFile(at('helm'), script);
  await chmod(at('helm'), 0o755);
  const records = ['deployed', status].map((each, index) =>
    storeRecord(documentOf({ revision: index + 1, status: each })),
  );
  const named = (name: string, rest: object) => ({ metadata: { name }, ...rest });
  const deleted: string[] = [];
  await using server = await serveNamespace(
    {
      records,
      jobs: job === undefined ? [] : [named('meho-migrate', { spec: { completions: 1 }, status: job })],
      deployments:
        deployment === undefined ? [] : [named('meho', { spec: { replicas: 1, template: {} }, status: deployment })],
    },
    ({ method, url = '' }, response) => {
      if (method !== 'DELETE') {
        return false;
      }
      if (!refusesDelete) {
        deleted.push(path.basename(url));
      }
      const answer = refusesDelete ? { kind: 'Status', code: 403, message: 'no' } : { kind: 'Status' };
      response.writeHead(refusesDelete ? 403 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
      return true;
    },
  );
  const told: string[] = [];
  const release = new HelmRelease(
    { helm: at('helm'), kubeconfigFile: at('kubeconfig'), namespace: 'meho', release: 'meho' },
    { api: server.api, say: (said) => told.push(said) },
  );
  const outcome = await release.upgrade({ chart: 'chart', timeoutMs: 59_001 }).catch((error: unknown) => error);
  return { outcome, told, deleted, calls: (await readFile(at('calls'), 'utf8')).trimEnd().split('\n') };
}

test('a Job that has succeeded by the cluster’s record: helm is asked the same once more, and it is said', async () => {
  const { outcome, told, deleted, calls } = await upgraded({ says: [onJob], job: complete });
  expect(outcome).toMatchObject({ exitCode: 0, askedAgain: told[0] });
  expect(told).toEqual([
    'helm gave up on Job meho-migrate in meho, which had succeeded by then (a race in Helm 4.3); its failed revision 2 was taken back; helm was asked once more',
  ]);
  expect(deleted).toEqual(['sh.helm.release.v1.meho.v2']);
  const withoutTimeout = calls.map((call) => call.replace(/--timeout \d+s/, ''));
  expect(withoutTimeout).toEqual([withoutTimeout[0], withoutTimeout[0]]);
});

test.each([
  ['a first install', { says: [onJob.replace('UPGRADE', 'INSTALLATION')], job: complete }],
  ['a Deployment', { says: [onDeployment], deployment: rolledOut }],
  ['a Job and a Deployment', { says: [`${onJob}\n${onDeployment}`], job: complete, deployment: rolledOut }],
  ['a rollback that its hook stopped', { says: [onJob], job: complete, status: 'pending-rollback' }],
])('so it is for %s', async (_, race) => {
  const { outcome, calls } = await upgraded(race);
  expect(outcome).toMatchObject({ exitCode: 0 });
  expect(calls).toHaveLength(2);
});

test('nothing is taken from a release that has gone on since', async () => {
  const { outcome, deleted } = await upgraded({ says: [onJob], job: complete, status: 'deployed' });
  expect(outcome).toMatchObject({ exitCode: 0 });
  expect(deleted).toEqual([]);
});

test.each<[string, Race]>([
  ['a Job that still runs', { says: [onJob], job: running }],
  ['a Job that failed', { says: [onJob], job: failed }],
  ['a Job that is gone', { says: [onJob] }],
  ['a Deployment that is not rolled out', { says: [onDeployment], deployment: { ...rolledOut, readyReplicas: 0 } }],
  ['one of two that failed', { says: [`${onJob}\n${onDeployment}`], job: complete, deployment: {} }],
  ['a Job that helm saw fail', { says: [onJob.replace('InProgress', 'Failed')], job: complete }],
  ['a wait that ran out', { says: [`${onJob}\ncontext deadline exceeded`], job: complete }],
  ['a wait that was called off', { says: [`${onJob}\ncontext canceled`], job: complete }],
  ['another kind of object', { says: [onJob.replace('Job/', 'Store/')], job: complete }],
  ['another failure', { says: ['Error: UPGRADE FAILED: nothing of that kind'], job: complete }],
])('%s is no race: helm is asked once, and its failure stands', async (_, race) => {
  const { outcome, told, deleted, calls } = await upgraded(race);
  expect(outcome).toBeInstanceOf(CommandError);
  expect({ told, deleted, calls: calls.length }).toEqual({ told: [], deleted: [], calls: 1 });
});

test('a second failure stands, whatever it is', async () => {
  const { outcome, calls } = await upgraded({ says: [onJob, onJob], job: complete });
  expect(outcome).toBeInstanceOf(CommandError);
  expect(calls).toHaveLength(2);
});

test('where the record can’t be taken back, the failure stands, and why is said', async () => {
  const { outcome, told, calls } = await upgraded({ says: [onJob], job: complete, refusesDelete: true });
  expect(outcome).toBeInstanceOf(CommandError);
  expect(told).toEqual([expect.stringMatching(/^whether helm gave up too early can't be told: .*403/)]);
  expect(calls).toHaveLength(1);
});

test('the second run has what is left of the deadline', async () => {
  const { calls } = await upgraded({ says: [onJob], job: complete });
  const [first, second] = calls.map((call) => Number(/--timeout (\d+)s/.exec(call)?.[1]));
  expect(first).toBe(60);
  expect(second).toBeLessThan(60);
});
