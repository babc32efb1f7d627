import { expect, test } from 'vitest';
import { KnownSecrets } from '../diagnostics/known-secrets.ts';
import { readFlags } from './flags.ts';
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

test('forbidden hosts are asked by TCP, or by UDP where that is said', () => {
  const argv = ['--probe-image=p:1', '--forbidden=10.9.0.9:443,10.9.0.9:53/udp,10.9.0.9:53/tcp,10.9.0.9:443'];
  expect(readFlags(networkPolicyFlags, argv).values.forbidden).toEqual([
    { host: '10.9.0.9', port: 443, protocol: 'TCP' },
    { host: '10.9.0.9', port: 53, protocol: 'UDP' },
    { host: '10.9.0.9', port: 53, protocol: 'TCP' },
  ]);
});
