import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closedPort } from '@meho/core/http/testing/local-server';
import { UsageError } from '@meho/core/problem';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { createAuthority } from '@meho/core/testing/authority';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { acceptance } from './acceptance.ts';
import type { CommandContext } from './command.ts';
import { RunResults } from './running/run-results.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-acceptance-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const timeline = new Timeline();
const context: CommandContext = {
  signal: new AbortController().signal,
  progress: new TerminalProgress({ stream: process.stderr, colour: false, timeline }),
  timeline,
  results: new RunResults(),
};

/** Returns the command's one line before it creates anything; asserts exit code 2. */
async function lineFor(user: object, server: string, names: readonly string[] = ['lab']): Promise<string> {
  const file = path.join(folder, 'kubeconfig');
  await writeFile(
    file,
    stringify({
      clusters: [{ name: 'lab', cluster: { server } }],
      users: [{ name: 'admin', user }],
      contexts: names.map((name) => ({ name, context: { cluster: 'lab', user: 'admin' } })),
    }),
  );
  const args = ['--kubeconfig', file, '--image', 'ghcr.io/evoila/meho:v1', '--git-sha', '3f2a9c1'];
  const around = ['--ingress-address', '10.0.0.1:443', '--services-network', 'kind'];
  const error: unknown = await acceptance.run([...args, ...around], context).catch((thrown: unknown) => thrown);
  if (!(error instanceof UsageError)) {
    throw new Error(`expected a UsageError, got ${String(error)}`);
  }
  expect(error.problems).toHaveLength(1);
  expect(error.message).not.toContain('\n');
  return error.message;
}

test('several contexts and none named', async () => {
  expect(await lineFor({}, 'https://10.0.0.1', ['lab', 'other'])).toMatch(
    /2 contexts; name one with --context: lab, other$/,
  );
});

test('a server that is not there', async () => {
  const server = `https://127.0.0.1:${await closedPort()}`;
  expect(await lineFor({ token: 'very-secret' }, server)).toMatch(/refused the connection; is the cluster running\?$/);
});

test('a client certificate that has expired', async () => {
  const { certificatePem, privateKeyPem } = await (await createAuthority()).issue({
    dnsNames: ['admin'],
    validity: { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2024-02-01T00:00:00Z') },
  });
  const user = {
    'client-certificate-data': Buffer.from(certificatePem).toString('base64'),
    'client-key-data': Buffer.from(privateKeyPem).toString('base64'),
  };
  expect(await lineFor(user, 'https://cluster.invalid')).toMatch(/client certificate of user admin expired on .*2024/);
});

test('an exec plugin that is not installed', async () => {
  const exec = { command: 'no-such-plugin-here', apiVersion: 'client.authentication.k8s.io/v1beta1' };
  expect(await lineFor({ exec }, 'https://cluster.invalid')).toMatch(/exec plugin of user admin .*no-such-plugin-here/);
});
