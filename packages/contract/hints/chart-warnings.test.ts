import { serveNamespace } from '@meho/helm/testing/record-server';
import { documentOf, type RevisionSpec, storeRecord } from '@meho/helm/testing/records';
import { expect, test } from 'vitest';
import { deploymentAvailable } from '../checks/deployment-available.ts';
import { migrationJob } from '../checks/migration-job.ts';
import { warnedValues } from './chart-warnings.ts';

const subject = { namespace: 'meho', release: 'meho' };
const { signal } = new AbortController();
const notes = [
  'MEHO is installed.',
  'WARNING: vault.address: https://vault.example.org is port 443, and the policy lets out to port 8200 alone',
  'WARNING: extraVolumeMounts, trustBundle.mountPath: /tmp is the path of more than one mount',
  '  WARNING: indented.text: is no warning of the chart',
].join('\n');

async function hintsWith(said: string | undefined) {
  const told: RevisionSpec = {
    revision: 1,
    status: 'deployed',
    ...(said === undefined ? {} : { more: { info: { status: 'deployed', notes: said } } }),
  };
  const failed = {
    metadata: { name: 'meho-migrate' },
    status: { failed: 4, conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] },
  };
  await using namespace = await serveNamespace({ records: [storeRecord(documentOf(told))], jobs: [failed] });
  const cluster = { ...subject, api: namespace.api, rolloutDeadlineMs: 1 };
  const verdicts = await Promise.all(
    [deploymentAvailable(subject), migrationJob(subject)].map((check) => check.run({ cluster }, signal)),
  );
  return verdicts.map((verdict) => ('hint' in verdict ? verdict.hint : verdict.outcome));
}

test('a failure names the values that the chart warned of', async () => {
  for (const hint of await hintsWith(notes)) {
    expect(hint).toMatch(
      /; the chart warned of vault\.address, extraVolumeMounts, trustBundle\.mountPath when it was installed: helm -n meho get notes meho$/,
    );
  }
});

test('a chart that warned of nothing adds nothing', async () => {
  for (const hint of [...(await hintsWith('all is well')), ...(await hintsWith(undefined))]) {
    expect(hint).not.toContain('warned');
  }
});

test('only paths are taken from notes, which may say secrets', () => {
  expect(warnedValues(notes)).toEqual(['vault.address', 'extraVolumeMounts', 'trustBundle.mountPath']);
  expect(warnedValues('WARNING: the password is hunter2: change it\nWARNING: hunter2')).toEqual([]);
});
