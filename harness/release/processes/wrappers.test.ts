import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Runs wrappers with stubs of helm and the verifiers. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wrappers-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Stubs {
  readonly verifier?: number;
  /** What helm says of the release's values. */
  readonly values?: string;
  readonly helm?: Readonly<Record<string, number>>;
}

const settings = {
  MEHO_HOST: 'meho.example.com',
  MEHO_GIT_SHA: '3f2a9c1d',
  MEHO_VALUES: 'a b.yaml:c.yaml',
  MEHO_NEXT_IMAGE_TAG: 'sha-next',
  MEHO_BACKPLANE: 'https://meho.example.com',
  MEHO_ACCESS_TOKEN: 'a.b.c',
};

async function wrapper(name: string, { verifier = 0, values = '', helm = {} }: Stubs, flags: readonly string[] = []) {
  const bin = await mkdtemp(path.join(folder, 'bin-'));
  const log = path.join(bin, 'log');
  const ends = Object.entries(helm).map(([command, code]) => `  ${command}) exit ${code} ;;`);
  const history = '  history) echo "- revision: 7" ;;';
  const programs = {
    helm: [`case "$1 $2" in "get values") cat '${bin}/values' ;; esac`, `case "$1" in`, ...ends, history, 'esac'],
    'meho-acceptance': [`exit ${verifier}`],
  };
  for (const [program, lines] of Object.entries(programs)) {
    const file = path.join(bin, program);
    const told = `printf '%s' "${program}" >> '${log}'; printf ' [%s]' "$@" >> '${log}'; echo >> '${log}'`;
    await writeFile(file, `#!/bin/sh\n${[told, ...lines].join('\n')}\n`);
    await chmod(file, 0o755);
  }
  await writeFile(log, '');
  await writeFile(path.join(bin, 'values'), values);
  const { exitCode, stderr } = await run(path.join(repositoryRoot, 'examples', name), flags, {
    env: { ...settings, PATH: `${bin}:/usr/bin:/bin` },
    timeoutMs: 30_000,
    acceptExitCodes: [1, 2, 3],
  });
  const calls = (await readFile(log, 'utf8')).trimEnd().split('\n');
  return { exitCode, stderr, calls };
}

const names = ['install.sh', 'smoke.sh', 'rollback-drill.sh'] as const;

test.each(names.flatMap((name) => [0, 1, 2].map((code) => [name, code] as const)))(
  '%s ends as its verifier does, with %i',
  async (name, code) => {
    const { exitCode, calls } = await wrapper(name, { verifier: code }, ['--cacert', 'my ca.pem']);
    expect(exitCode).toBe(code);
    expect(calls.at(-1)).toMatch(
      /^meho-acceptance \[(install-verify|smoke|rollback-verify)\] .* \[--cacert\] \[my ca.pem\]$/,
    );
  },
);

test('install.sh hands on each values file, and has nothing judged where helm failed', async () => {
  const { exitCode, calls } = await wrapper('install.sh', { helm: { upgrade: 3 } });
  expect(exitCode).toBe(3);
  expect(calls).toEqual([expect.stringContaining('[--values] [a b.yaml] [--values] [c.yaml]')]);
});

test('rollback-drill.sh goes back to the revision that was there', async () => {
  const { calls } = await wrapper('rollback-drill.sh', {});
  expect(calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
    'helm [history]',
    // Looks for a digest, which would pin N.
    'helm [get]',
    // Looks for --force-conflicts in the help.
    'helm [rollback]',
    'helm [upgrade]',
    'helm [rollback]',
    'meho-acceptance [rollback-verify]',
  ]);
  expect(calls[4]).toContain('[rollback] [meho] [7]');
});

test.each([
  ['the image’s digest', 'image:\n  digest: sha256:0123\n  tag: n\nreplicaCount: 1\n', true],
  ['no digest', 'image:\n  digest: ""\n  tag: n\n', false],
  [
    'another image’s digest',
    'broadcast:\n  image:\n    digest: sha256:0123\nimage:\n  tag: n\nproxy:\n  digest: sha256:0\n',
    false,
  ],
])('rollback-drill.sh goes on to N+1 where the values have %s', async (_what, values, isPinned) => {
  const { calls } = await wrapper('rollback-drill.sh', { values });
  const upgrade = calls.find((call) => call.startsWith('helm [upgrade]')) ?? '';
  expect(upgrade).toContain('[--set-string] [image.tag=sha-next]');
  expect(upgrade.includes('[--set-string] [image.digest=]')).toBe(isPinned);
});

test('rollback-drill.sh goes back also where the upgrade failed, and is red then', async () => {
  const { exitCode, stderr, calls } = await wrapper('rollback-drill.sh', { helm: { upgrade: 3 } });
  expect(exitCode).toBe(3);
  expect(stderr).toContain('error: there was no N+1 to come back from');
  expect(calls.at(-1)).toContain('helm [rollback] [meho] [7]');
});

test('rollback-drill.sh changes nothing where it does not know the way back', async () => {
  const { exitCode, calls } = await wrapper('rollback-drill.sh', { helm: { history: 0 } });
  expect(exitCode).toBe(2);
  expect(calls).toHaveLength(1);
});
