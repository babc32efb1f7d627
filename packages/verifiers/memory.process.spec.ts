import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { peakBytesIn, tellPeakScript } from '@meho/core/testing/tell-peak';
import { serveNamespace } from '@meho/helm/testing/record-server';
import { documentOf, hookTimes, type RevisionSpec, storeRecord } from '@meho/helm/testing/records';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, type PublishedCli, test } from './testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

const MIB = 1024 * 1024;
async function peakOf(cli: PublishedCli, args: readonly string[]) {
  const preload = path.join(cli.folder, 'tell-peak.mjs');
  await writeFile(preload, tellPeakScript);
  const ended = await cli.run(args, { NODE_OPTIONS: `--import=${preload}` });
  return { ...ended, peakBytes: peakBytesIn(ended.stderr) };
}

test('migration-compat stays under 150 MiB for what the whole SQL parser is needed for', async ({ cli }) => {
  const file = path.join(cli.folder, '0001_do.sql');
  const block =
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN PERFORM 1; END IF; END $$;\n";
  await writeFile(file, block.repeat(300));
  const { exitCode, stdout, peakBytes } = await peakOf(cli, ['migration-compat', file]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('1 migration, 0 errors') });
  expect(peakBytes).toBeLessThan(150 * MIB);
});

/** Revisions with nothing in common; hooks tell of the last one what the newest record alone doesn't. */
function longHistory(count: number, bytes: number, last: Partial<RevisionSpec>) {
  // Packing halves hexadecimal.
  const manifest = () => randomBytes(bytes).toString('hex');
  return Array.from({ length: count }, (_, index) => {
    const isLast = index === count - 1;
    const document = documentOf({ revision: 1, status: isLast ? 'deployed' : 'superseded', ...(isLast ? last : {}) });
    const info = { ...document.info, last_deployed: hookTimes(1).started_at };
    const content = index === 0 || isLast ? {} : { manifest: manifest() };
    return storeRecord({ ...document, version: index + 1, info, ...content });
  });
}

test.for<[string, number, number, Partial<RevisionSpec>, string]>([
  ['500 revisions', 500, 10_000, { run: 'never', rollbackRevision: 1 }, 'as Helm wrote down'],
  ['200 revisions of 200 kB by a Helm that writes no rollback down', 200, 200_000, { run: 1 }, 'as a copy of it'],
])('rollback-verify stays under 120 MiB for a release of %s', async ([, count, bytes, last, how], { cli }) => {
  await using namespace = await serveNamespace({ records: longHistory(count, bytes, last) });
  const kubeconfig = path.join(cli.folder, 'long-history.json');
  const named = (kind: string, value: object) => [{ name: 'lab', [kind]: value }];
  const clusters = named('cluster', { server: `http://127.0.0.1:${namespace.port}` });
  const contexts = named('context', { cluster: 'lab', user: 'lab' });
  await writeFile(
    kubeconfig,
    JSON.stringify({ 'current-context': 'lab', clusters, contexts, users: named('user', {}) }),
  );
  const { stdout, peakBytes } = await peakOf(cli, [
    ...['rollback-verify', '--kubeconfig', kubeconfig, '--host', 'localhost:1'],
    ...['--n-image-sha', 'a'.repeat(40), '--rollout-timeout', '1', '--request-timeout', '10'],
  ]);
  expect(stdout).toContain(`revision ${count} is deployed, rolled back to revision 1, ${how}`);
  expect(peakBytes).toBeLessThan(120 * MIB);
});

test('a verifier stays under 145 MiB for a kubeconfig of 2,000 contexts, which took 177', async ({ cli }) => {
  const names = Array.from({ length: 2_000 }, (_, index) => `lab-${index}`);
  // As large as a CA in base64, and no base64 that a shorter text could share.
  const ca = () =>
    Buffer.from(`-----BEGIN CERTIFICATE-----\n${randomBytes(400).toString('base64')}`).toString('base64');
  const kubeconfig = path.join(cli.folder, 'two-thousand.yaml');
  const list = (title: string, entry: (name: string) => string) => `${title}:\n${names.map(entry).join('')}`;
  await writeFile(
    kubeconfig,
    [
      'apiVersion: v1\nkind: Config\ncurrent-context: lab-1999\n',
      list('clusters', (name) => {
        const server = name === 'lab-1999' ? 'http://127.0.0.1:1' : `https://${name}.example.com`;
        return `- cluster:\n    certificate-authority-data: ${ca()}\n    server: ${server}\n  name: ${name}\n`;
      }),
      list('contexts', (name) => `- context:\n    cluster: ${name}\n    user: ${name}\n  name: ${name}\n`),
      list('users', (name) => `- name: ${name}\n  user:\n    token: ${randomBytes(20).toString('hex')}\n`),
    ].join(''),
  );
  const { exitCode, stderr, peakBytes } = await peakOf(cli, [
    ...['rke2-access', '--kubeconfig', kubeconfig, '--request-timeout', '1'],
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('127.0.0.1:1 refused') });
  expect(peakBytes).toBeLessThan(145 * MIB);
});
