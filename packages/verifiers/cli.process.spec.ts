import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as read } from 'node:stream/consumers';
import { checkIds, checkIdsWith } from '@meho/contract/registry';
import { json, STUB_SHA, STUB_TOKEN, serveStub } from '@meho/contract/testing/stub-backplane';
import { describe, expect, vi } from 'vitest';
import { cliDeadlineMs, linesOf, test } from './testing/published-cli.ts';
import { standalones, verifiers } from './verifiers.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

describe('exit codes and lines', () => {
  test('0: all holds; one line a check, none on stderr', async ({ cli }) => {
    await using server = await serveStub(cli.authority);
    const startedAt = String(Math.floor(Date.now() / 1000) - 10);
    const { exitCode, stdout, stderr } = await cli.run(cli.installArgs(server.port), {
      MEHO_ACCESS_TOKEN: STUB_TOKEN,
      INSTALL_START_TS: startedAt,
    });
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const tags = linesOf(stdout).map((line) => /^\[\w+\]/.exec(line)?.[0]);
    const ids = checkIds('install-verify');
    const made = checkIdsWith('install-verify', ['https', 'token']);
    expect(tags.slice(0, -1)).toEqual(ids.map((id) => (made.includes(id) ? '[ok]' : '[note]')));
    const counts = `${made.length} hold, ${ids.length - made.length} not made`;
    expect(linesOf(stdout).at(-1)).toMatch(RegExp(String.raw`^install-verify: passed, ${counts}, \d+\.\d s$`));
  });

  test('1: a check failed; its line is on stderr and says expected, seen and where to look', async ({ cli }) => {
    await using server = await serveStub(cli.authority, { '/version': json(200, { git_sha: 'unknown' }) });
    const { exitCode, stdout, stderr } = await cli.run(cli.installArgs(server.port));
    expect(exitCode).toBe(1);
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toMatch(
      /^\[FAIL\] GET \/version .*: expected JSON with git_sha .*; seen git_sha "unknown".*; page: docs\/checks\/version\.md; look first: .*$/m,
    );
    expect(stdout).toContain('[ok] GET /healthz');
  });

  test('a warning is on stderr and does not fail the run; enforced, it does', async ({ cli }) => {
    await using server = await serveStub(cli.authority);
    const env = { INSTALL_START_TS: String(Math.floor(Date.now() / 1000) - 400) };
    const warned = await cli.run(cli.installArgs(server.port), env);
    expect(warned.stderr).toMatch(/^\[WARN\] Wall clock within 300 s: .*seen 40\d s/);
    expect(warned.exitCode).toBe(0);
    const enforced = await cli.run(cli.installArgs(server.port, '--enforce-budget'), env);
    expect(enforced.stderr).toMatch(/^\[FAIL\] Wall clock/);
    expect(enforced.exitCode).toBe(1);
  });

  test('fail-fast stops at the first failure', async ({ cli }) => {
    await using server = await serveStub(cli.authority, { '/healthz': json(500, {}) });
    const { exitCode, stdout } = await cli.run(cli.installArgs(server.port, '--fail-fast'));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('stopped at the first failure, healthz');
    expect(stdout).not.toContain('[ok]');
  });

  test('a run in which nothing could be looked at fails', async ({ cli }) => {
    const args = ['smoke', '--backplane', 'http://127.0.0.1:1', '--skip-login'];
    const { exitCode, stderr } = await cli.run(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('MEHO_ACCESS_TOKEN is not set');
  });

  test('help is on stdout with exit code 0, whatever else is wrong', async ({ cli }) => {
    for (const args of [
      ['-h'],
      ['install-verify', '--bogus', '--help'],
      ['smoke', '-h'],
      ['rollback-verify', '--help'],
    ]) {
      const { exitCode, stdout, stderr } = await cli.run(args);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^usage: meho-acceptance/);
    }
  });

  test('the overview says of each what it is for, and of nothing else', async ({ cli }) => {
    const { stdout } = await cli.run(['--help']);
    const told = [...stdout.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, name]) => name);
    expect(told.toSorted()).toEqual([...verifiers.keys(), ...standalones.keys()].toSorted());
  });

  test('and tells of the exit codes that there are', async ({ cli }) => {
    const exitCodes = async (...args: string[]) =>
      (await cli.run([...args, '--help'])).stdout.match(/^exit code: .*/m)?.[0];
    expect(await exitCodes('smoke')).toBe('exit code: 0 all holds, 1 a check failed, 2 it could not run as asked');
    expect(await exitCodes('pr-smoke')).toMatch(/, 129, 130, 141 or 143 ended by a signal and cleaned up$/);
    expect(await exitCodes('login')).toMatch(/: 0 logged in, 1 no login came about, /);
  });
});

describe('2: it could not run as asked', () => {
  test('all problems at once, a line each', async ({ cli }) => {
    const args = [
      'install-verify',
      '--host',
      'https://x/',
      '--bogus',
      '--namespace',
      'A',
      '--namespace',
      'b',
      'stray',
      '--release',
    ];
    const { exitCode, stdout, stderr } = await cli.run(
      [...args, '--cacert', '/no/such/file', '--junit', '/no/such/folder/x.xml'],
      {
        MEHO_ACCESS_TOKEN: 'two words',
        DATABASE_URL: 'mysql://x',
      },
    );
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    const starts = [
      ['--host: expected', '--bogus', '--namespace: expected', '--namespace is given more than once', '"stray"'],
      ['--release: expected a value', '--cacert: expected a readable file', '--junit: expected'],
      ['--expected-git-sha SHA is required', 'MEHO_ACCESS_TOKEN: expected', 'DATABASE_URL: expected', 'no kubeconfig'],
    ].flat();
    for (const start of starts) {
      expect(stderr).toContain(start);
    }
    expect(linesOf(stderr).filter((line) => line.startsWith('error: '))).toHaveLength(starts.length);
    expect(stderr).not.toContain('two words');
    expect(stderr).not.toContain('mysql://x');
  });

  test.for([
    [['install-verify', '--host', 'a b', '--expected-git-sha', STUB_SHA, '--skip-cluster-checks'], '--host'],
    [['install-verify', '--host', 'h:99999', '--expected-git-sha', STUB_SHA, '--skip-cluster-checks'], '--host'],
    [['install-verify', '--host', 'h', '--expected-git-sha', 'main', '--skip-cluster-checks'], '--expected-git-sha'],
    [
      [
        'rollback-verify',
        '--host',
        'h',
        '--n-image-sha',
        STUB_SHA,
        '--expected-schema-columns',
        'a;drop',
        '--skip-cluster-checks',
      ],
      '--expected-schema-columns',
    ],
    [['smoke', '--backplane', 'meho.example.com'], '--backplane'],
    [['smoke', '--backplane', 'https://user@meho.example.com'], '--backplane'],
    [['nonsense'], 'unknown verifier "nonsense"'],
    [[], 'a verifier must be named'],
  ] as const)('%j', async ([args, problem], { cli }) => {
    const { exitCode, stderr } = await cli.run(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(problem);
  });
});

test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in the middle: no verdict, exit code 2',
  async (signal, { cli }) => {
    const asked = Promise.withResolvers<void>();
    await using server = await serveStub(cli.authority, { '/healthz': () => asked.resolve() });
    const child = spawn(process.execPath, [cli.program, ...cli.installArgs(server.port)]);
    const [stdout, stderr] = [read(child.stdout), read(child.stderr)];
    const ended = once(child, 'exit');
    await asked.promise;
    child.kill(signal);
    expect(await ended).toEqual([2, null]);
    expect(await stderr).toBe(`error: interrupted by ${signal}: no verdict\n`);
    expect(await stdout).not.toContain('passed');
  },
);
