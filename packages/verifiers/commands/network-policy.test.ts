import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFlags } from '@meho/core/command-line/flags';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { networkPolicyFlags, runNetworkPolicy } from './network-policy.ts';

async function verify(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const exitCode = await runNetworkPolicy(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outIsTerminal: false,
    secrets: new KnownSecrets(),
    cwd: '/',
    signal: new AbortController().signal,
  });
  return { exitCode, out, err };
}

/** The cluster isn't asked if flags are wrong. */
let folder: string;
let kubeconfig: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-network-policy-'));
  kubeconfig = path.join(folder, 'kubeconfig');
  const named = (value: object) => [{ name: 'lab', ...value }];
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'lab',
      clusters: named({ cluster: { server: 'https://127.0.0.1:1' } }),
      users: named({ user: { token: 'lab-token' } }),
      contexts: named({ context: { cluster: 'lab', user: 'lab' } }),
    }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nowhere = '--kubeconfig=/nowhere/kubeconfig';

test('help names every switch, and asks for no cluster', async () => {
  const { exitCode, out } = await verify('--help');
  expect(exitCode).toBe(0);
  for (const flag of ['--probe-image', '--forbidden', '--with-guests', '--lift-policies', '--matrix', '--report']) {
    expect(out).toContain(flag);
  }
});

test.each([
  ['no image of the probe', [], 'probe-image'],
  ['a forbidden host by name', ['--probe-image=p:1', '--forbidden=db.example.com:5432'], 'forbidden'],
  ['a forbidden host without a port', ['--probe-image=p:1', '--forbidden=10.9.0.9'], 'forbidden'],
  [
    'a forbidden host by a protocol that is not asked',
    ['--probe-image=p:1', '--forbidden=10.9.0.9:53/icmp'],
    'forbidden',
  ],
  ['a range for an upstream', ['--probe-image=p:1', '--vault=10.9.0.0/24'], 'vault'],
  ['a cluster that nobody named', ['--probe-image=p:1'], '/nowhere/kubeconfig'],
  ['a flag that there is none of', ['--probe-image=p:1', '--lift'], 'lift'],
])('2 for %s, and the line says which', async (_, args, named) => {
  const { exitCode, out, err } = await verify(nowhere, ...args);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain(named);
});

const probe = '--probe-image=p:1';
test.each<[string, readonly string[], RegExp]>([
  ['an id without a reason', ['--accept=policy-dns'], /^error: --accept policy-dns: expected a --because TEXT/],
  [
    'an id with an empty reason',
    ['--accept=policy-dns', '--because='],
    /^error: --because: expected a reason in words, got ""/,
  ],
  [
    'an id with a reason of dashes',
    ['--accept=policy-dns', '--because=--'],
    /^error: --because: expected a reason in words/,
  ],
  ['a reason without an id', ['--because=so it is'], /^error: --because: expected an --accept ID before it/],
  [
    'one reason for two ids',
    ['--accept=policy-dns', '--accept=policy-broadcast', '--because=x'],
    /^error: --accept policy-broadcast: expected a --because/,
  ],
  [
    'one id twice',
    ['--accept=policy-dns', '--because=x', '--accept=policy-dns', '--because=y'],
    /^error: --accept policy-dns: expected once/,
  ],
  ...['policy-enforced', 'policy-matrix', 'policy-denials', 'policy-untouched', 'healthz', '', 'constructor'].map(
    (id): [string, string[], RegExp] => [
      `${JSON.stringify(id)}, which nobody may accept`,
      [`--accept=${id}`, '--because=x'],
      /^error: --accept: expected a check that can be accepted, policy-broadcast or policy-dns, got/,
    ],
  ),
])('2 for %s, in one line', async (_, args, line) => {
  const { exitCode, out, err } = await verify(`--kubeconfig=${kubeconfig}`, probe, ...args);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(line);
  expect(err.match(/^error: /gm)).toHaveLength(1);
});

test('the help publishes what can be accepted', async () => {
  const { out } = await verify('--help');
  const text = out.replaceAll(/\s+/g, ' ');
  for (const word of ['--accept', '--because', '--fail-on-accepted', 'policy-broadcast', 'policy-dns']) {
    expect(text).toContain(word);
  }
});

test('forbidden hosts are asked by TCP, or by UDP where that is said', () => {
  const argv = ['--probe-image=p:1', '--forbidden=10.9.0.9:443,10.9.0.9:53/udp,10.9.0.9:53/tcp,10.9.0.9:443'];
  expect(readFlags(networkPolicyFlags, argv).values.forbidden).toEqual([
    { host: '10.9.0.9', port: 443, protocol: 'TCP' },
    { host: '10.9.0.9', port: 53, protocol: 'UDP' },
    { host: '10.9.0.9', port: 53, protocol: 'TCP' },
  ]);
});
