import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { unsetVerifierVariables } from '@meho/core/config';
import { run } from '@meho/core/process/run';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, vi } from 'vitest';
import schema from './report/output.schema.json' with { type: 'json' };
import { cliDeadlineMs, linesOf, type PublishedCli, test } from './testing/published-cli.ts';

// Waits for pipes without a writer.
vi.setConfig({ testTimeout: 2 * cliDeadlineMs });

async function fifo(cli: PublishedCli, name: string): Promise<string> {
  const file = path.join(cli.folder, name);
  await promisify(execFile)('mkfifo', [file]);
  return file;
}

/** Runs it as typed into bash, which has `<(…)`. */
async function inBash(cli: PublishedCli, command: string, stdin = '') {
  return run('bash', ['-c', command], {
    env: { ...unsetVerifierVariables(), NODE: process.execPath, CLI: cli.program, HOME: cli.folder },
    cwd: cli.folder,
    stdin,
    timeoutMs: cliDeadlineMs,
    acceptExitCodes: [1, 2],
  });
}

const migration = 'CREATE TABLE audit_extra (id bigint PRIMARY KEY);';
const judge = '"$NODE" "$CLI" migration-compat';

test('a named pipe that nobody writes to: one line, exit 2, in time, wherever a file is named', async ({ cli }) => {
  const file = await fifo(cli, 'silent.sql');
  const ca = ['--backplane', 'https://localhost:1'];
  const started = performance.now();
  const runs = await Promise.all([
    cli.run(['migration-compat', file]),
    cli.run(['targets-verify', file]),
    cli.run(['rke2-access', '--kubeconfig', file]),
    cli.run(['rke2-access'], { KUBECONFIG: file }),
    cli.run(['smoke', ...ca, '--cacert', file]),
    cli.run(['smoke', ...ca], { SSL_CERT_FILE: file }),
    cli.run(['green-counter', '--repo', 'o/r', '--notes', file]),
  ]);
  expect(performance.now() - started).toBeLessThan(40_000);
  for (const { exitCode, stderr } of runs) {
    expect(linesOf(stderr).filter((line) => line.includes('nobody wrote to this pipe within 10 s'))).toHaveLength(1);
    expect(exitCode).toBe(2);
  }
});

test('a pipe named in a kubeconfig: read to its end, by `<(…)` too; without a writer one line, exit 2', async ({
  cli,
}) => {
  const kubeconfig = path.join(cli.folder, 'names-pipes.json');
  const silent = path.basename(await fifo(cli, 'silent-ca'));
  await writeFile(kubeconfig, JSON.stringify(naming(cli, 'cluster', 'certificate-authority', silent)));
  const unread = await cli.run(['rke2-access', '--kubeconfig', kubeconfig, '--output=json']);
  expect(linesOf(unread.stderr).filter((line) => line.includes('nobody wrote to this pipe within 10 s'))).toHaveLength(
    1,
  );
  expect([unread.exitCode, JSON.parse(unread.stdout)]).toMatchObject([2, { outcome: 'error', exitCode: 2 }]);
  const shell = `printf '%s' '${JSON.stringify(naming(cli, 'cluster', 'certificate-authority', 'FILE'))}'`;
  const { stderr, exitCode } = await inBash(
    cli,
    `read_by() { ${shell} | sed "s,FILE,$1,g" > of-bash.json
      "$NODE" "$CLI" rke2-access --request-timeout 1 --kubeconfig of-bash.json; }; read_by <(cat ca.pem)`,
  );
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('refused the connection')]);
});

test('a ~/.kube/config that is a pipe: read to its end; without a writer one line, exit 2, in time', async ({
  cli,
}) => {
  const homes = await Promise.all(
    ['silent-home', 'written-home'].map(async (name) => {
      await mkdir(path.join(cli.folder, name, '.kube'), { recursive: true });
      await fifo(cli, path.join(name, '.kube', 'config'));
      return path.join(cli.folder, name);
    }),
  );
  await writeFile(
    path.join(cli.folder, 'whole.json'),
    JSON.stringify(naming(cli, 'cluster', 'certificate-authority', cli.ca)),
  );
  const started = performance.now();
  const [unread, read] = await Promise.all([
    cli.run(['rke2-access'], { HOME: homes[0] ?? '' }),
    inBash(
      cli,
      `cat whole.json > written-home/.kube/config & HOME=${homes[1]} "$NODE" "$CLI" rke2-access --request-timeout 1`,
    ),
  ]);
  expect(performance.now() - started).toBeLessThan(30_000);
  expect([unread.exitCode, unread.stderr]).toEqual([
    2,
    expect.stringContaining('nobody wrote to this pipe within 10 s'),
  ]);
  expect([read.exitCode, read.stderr]).toEqual([1, expect.stringContaining('127.0.0.1:1 refused the connection')]);
});

test('a writer that comes late, one that is slow, `<(…)` and standard input are read to their end', async ({ cli }) => {
  const late = await fifo(cli, 'late.sql');
  await writeFile(path.join(cli.folder, 'm.sql'), migration);
  const runs = await Promise.all([
    inBash(cli, `(sleep 2; cat m.sql > ${late}) & ${judge} ${late}`),
    // Without .sql in its name, it is checked as a registry of targets.
    inBash(cli, `"$NODE" "$CLI" targets-verify <(printf -- '- name: rdc'; sleep 3; echo '-meho')`),
    inBash(cli, `cat m.sql | "$NODE" "$CLI" targets-verify /dev/stdin`),
    inBash(cli, `"$NODE" "$CLI" targets-verify <(true)`),
  ]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 1, 1, 1]);
  expect(runs[1]?.stderr).toContain('rdc-meho');
  expect(runs.map(({ stderr }) => stderr).join('')).not.toContain('pipe');
});

test('a flag that is looked at twice has the whole text both times', async ({ cli }) => {
  const { stderr, exitCode } = await inBash(
    cli,
    `"$NODE" "$CLI" smoke --backplane https://localhost:9 --request-timeout 1 --cacert <(cat ${cli.ca})`,
  );
  expect(stderr).not.toContain('--cacert');
  expect(exitCode).not.toBe(2);
});

test('what helm reads again is refused as a pipe, before anything is made', async ({ cli }) => {
  const common = '--pr 7 --image-tag x --helm /none';
  const { stderr, exitCode } = await inBash(
    cli,
    `"$NODE" "$CLI" pr-smoke ${common} --values <(echo 'a: 1') --kubeconfig <(echo 'kind: Config')`,
  );
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/--values: expected a plain file, since it is read more than once/);
  expect(stderr).toMatch(/kubeconfig \/dev\/fd\/\d+: expected a plain file/);
});

/** With everything else as it must be. */
function naming(cli: PublishedCli, kind: 'cluster' | 'user', member: string, file: string) {
  const cluster = { server: 'https://127.0.0.1:1', ...(kind === 'cluster' ? { [member]: file } : {}) };
  const ownPair = { 'client-certificate': cli.ca, 'client-key': cli.ca };
  const pair = member.startsWith('client') ? ownPair : { token: 'a-token' };
  const user = { ...pair, ...(kind === 'user' ? { [member]: file } : {}) };
  return {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
}

const isErrorDocument = new Ajv2020({
  strict: true,
  strictRequired: false,
  formats: { uri: true, 'date-time': true },
}).compile(schema);

/** Started first, then sent the signal once it waits: it has opened the pipe. */
async function interrupted(cli: PublishedCli, name: string, args: readonly string[], env = {}) {
  const child = spawn(process.execPath, [cli.program, ...args], { env: { ...cli.environment, ...env } });
  const ended = once(child, 'close');
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  // A writer's opening ends once there is a reader.
  const waiting = await open(path.join(cli.folder, name), 'w');
  child.kill(name.startsWith('SIGINT') ? 'SIGINT' : 'SIGTERM');
  const [exitCode, signal] = await ended;
  await waiting.close();
  const [stdout, stderr] = await said;
  return { exitCode, signal, stdout, stderr };
}

describe.each(['SIGINT', 'SIGTERM'])('%s ends the wait for a pipe as it ends any other', (signal) => {
  test.for<[string, string, (file: string) => readonly string[], number]>([
    ['migrations', 'migration-compat', (file) => [file], 2],
    ['a registry', 'targets-verify', (file) => [file], 2],
    [
      'a kubeconfig',
      'install-verify',
      (file) => ['--host=h.example', '--expected-git-sha=3f2a9c1', `--kubeconfig=${file}`],
      2,
    ],
    ['a CA', 'smoke', (file) => ['--backplane', 'https://localhost:1', '--cacert', file], 2],
    [
      'what creates things',
      'rke2-access',
      (file) => ['--kubeconfig', file],
      { SIGINT: 130, SIGTERM: 143 }[signal] ?? 0,
    ],
  ])('%s, by %s', async ([, verifier, argsOf, code], { cli }) => {
    const name = `${signal}-${verifier}`;
    const args = argsOf(await fifo(cli, name));
    const told = `interrupted by ${signal}: no verdict`;
    const plain = await interrupted(cli, name, [verifier, ...args]);
    expect(plain).toEqual({ exitCode: code, signal: null, stdout: '', stderr: `error: ${told}\n` });
    const json = await interrupted(cli, name, [verifier, ...args, '--output=json']);
    expect(json.exitCode).toBe(code);
    const document: unknown = JSON.parse(json.stdout);
    expect(document).toMatchObject({ outcome: 'error', exitCode: code, problems: [told] });
    expect([isErrorDocument(document), isErrorDocument.errors]).toEqual([true, null]);
  });

  test.for([
    ['cluster', 'certificate-authority'],
    ['user', 'client-certificate'],
    ['user', 'client-key'],
    ['user', 'tokenFile'],
  ] as const)('a pipe that the %s of a kubeconfig names: %s', async ([kind, member], { cli }) => {
    const name = `${signal}-${member}`;
    const pipe = await fifo(cli, name);
    const kubeconfig = path.join(cli.folder, `${name}.json`);
    await writeFile(kubeconfig, JSON.stringify(naming(cli, kind, member, path.basename(pipe))));
    const { exitCode, stdout, stderr } = await interrupted(cli, name, [
      ...['install-verify', '--host=h.example', '--expected-git-sha=3f2a9c1'],
      ...[`--kubeconfig=${kubeconfig}`, '--output=json'],
    ]);
    expect([exitCode, stderr]).toEqual([2, `error: interrupted by ${signal}: no verdict\n`]);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'error', exitCode: 2 });
  });

  test.for<[string, (file: string) => Record<string, string>]>([
    ['DATABASE_URL', (file) => ({ DATABASE_URL: `postgresql://u:p@h/d?sslmode=verify-full&sslrootcert=${file}` })],
    ['PGSSLROOTCERT', (file) => ({ DATABASE_URL: 'postgresql://u:p@h/d?sslmode=verify-ca', PGSSLROOTCERT: file })],
  ])('a pipe of %s', async ([variable, envOf], { cli }) => {
    const name = `${signal}-of-${variable}`;
    const env = envOf(await fifo(cli, name));
    const { exitCode, stderr } = await interrupted(cli, name, ['smoke', '--backplane=https://localhost:1'], env);
    expect([exitCode, stderr]).toEqual([2, `error: interrupted by ${signal}: no verdict\n`]);
  });

  test('a pipe of KUBECONFIG', async ({ cli }) => {
    const name = `${signal}-variable`;
    const KUBECONFIG = `/none:${await fifo(cli, name)}`;
    const { exitCode, stderr } = await interrupted(cli, name, ['rke2-access'], { KUBECONFIG });
    expect([exitCode === 130 || exitCode === 143, stderr]).toEqual([
      true,
      `error: interrupted by ${signal}: no verdict\n`,
    ]);
  });
});

test('a folder, a socket, a device without an end, a link in a circle and nothing: each says what it is', async ({
  cli,
}) => {
  const folder = path.join(cli.folder, 'odd');
  await mkdir(folder);
  const socket = path.join(folder, 'socket');
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await promisify(execFile)('ln', ['-s', 'circle', path.join(folder, 'circle')]);
  const said = new Map([
    [folder, 'it is a folder (EISDIR)'],
    [socket, 'it is a socket, or a device that is not there (ENXIO)'],
    ['/dev/zero', 'it is larger than 16 MiB (EFBIG)'],
    [path.join(folder, 'circle'), 'its links lead in a circle (ELOOP)'],
    [path.join(folder, 'none'), 'there is none (ENOENT)'],
  ]);
  try {
    for (const [file, why] of said) {
      for (const args of [
        ['targets-verify', file],
        ['smoke', '--backplane', 'https://localhost:1', '--cacert', file],
        ['green-counter', '--repo', 'o/r', '--notes', file],
      ]) {
        const { stderr, exitCode } = await cli.run(args);
        expect([args[0], exitCode, linesOf(stderr).filter((line) => line.includes(why)).length]).toEqual([
          args[0],
          2,
          1,
        ]);
      }
    }
  } finally {
    server.close();
  }
});
