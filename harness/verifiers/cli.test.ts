import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as read } from 'node:stream/consumers';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Authority,
  createAuthority,
  json,
  STUB_HOST,
  STUB_SHA,
  STUB_TOKEN,
  serveStub,
  text,
} from '../contract/testing/stub-backplane.ts';
import { serveHttps } from '../http/testing/local-server.ts';
import { type Finished, run } from '../process/run.ts';
import { bundleVerifiers } from './bundle.ts';
import schema from './output.schema.json' with { type: 'json' };

let authority: Authority;
let folder: string;
let ca: string;

beforeAll(async () => {
  authority = await createAuthority();
  folder = await mkdtemp(path.join(tmpdir(), 'verifier-cli-'));
  ca = path.join(folder, 'ca.pem');
  await bundleVerifiers(path.join(folder, 'dist'));
  await writeFile(ca, authority.certificatePem);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the real command, bundled as it is published, with nothing of this machine's environment that it reads. */
function cli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const none = { HOME: folder, KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '', MEHO_ACCESS_TOKEN: '', DATABASE_URL: '' };
  return run(process.execPath, [path.join(folder, 'dist', 'meho-acceptance.js'), ...args], {
    env: { ...none, INSTALL_START_TS: '', SMOKE_START_TS: '', ...env },
    timeoutMs: 15_000,
    acceptExitCodes: [1, 2],
  });
}

const installArgs = (port: number, ...more: readonly string[]) => [
  'install-verify',
  ...['--host', STUB_HOST, '--connect-to', `127.0.0.1:${port}`, '--cacert', ca],
  ...['--expected-git-sha', STUB_SHA, '--skip-cluster-checks', '--request-timeout', '2'],
  ...more,
];

const lines = (output: string) => output.split('\n').filter((line) => line !== '');

describe('exit codes and lines', () => {
  test('0: all holds; one line a check, none on stderr', async () => {
    await using server = await serveStub(authority);
    const startedAt = String(Math.floor(Date.now() / 1000) - 10);
    const { exitCode, stdout, stderr } = await cli(installArgs(server.port), {
      MEHO_ACCESS_TOKEN: STUB_TOKEN,
      INSTALL_START_TS: startedAt,
    });
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const tags = lines(stdout).map((line) => /^\[\w+\]/.exec(line)?.[0]);
    expect(tags.slice(0, -1)).toEqual([
      ...['[note]', '[note]', '[ok]', '[ok]', '[ok]', '[ok]', '[ok]', '[ok]', '[note]'],
    ]);
    expect(lines(stdout).at(-1)).toMatch(/^install-verify: passed, 6 hold, 3 not made, \d+\.\d s$/);
  });

  test('1: a check failed; its line is on stderr and says expected, seen and where to look', async () => {
    await using server = await serveStub(authority, { '/version': json(200, { git_sha: 'unknown' }) });
    const { exitCode, stdout, stderr } = await cli(installArgs(server.port));
    expect(exitCode).toBe(1);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(
      /^\[FAIL\] GET \/version .*: expected JSON with git_sha .*; seen git_sha "unknown".*; look first: /,
    );
    expect(stdout).toContain('[ok] GET /healthz');
  });

  test('a warning is on stderr and does not fail the run; enforced, it does', async () => {
    await using server = await serveStub(authority);
    const env = { INSTALL_START_TS: String(Math.floor(Date.now() / 1000) - 400) };
    const warned = await cli(installArgs(server.port), env);
    expect(warned.stderr).toMatch(/^\[WARN\] Wall clock within 300 s: .*seen 40\d s/);
    expect(warned.exitCode).toBe(0);
    const enforced = await cli(installArgs(server.port, '--enforce-budget'), env);
    expect(enforced.stderr).toMatch(/^\[FAIL\] Wall clock/);
    expect(enforced.exitCode).toBe(1);
  });

  test('fail-fast stops at the first failure', async () => {
    await using server = await serveStub(authority, { '/healthz': json(500, {}) });
    const { exitCode, stdout } = await cli(installArgs(server.port, '--fail-fast'));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('stopped at the first failure, healthz');
    expect(stdout).not.toContain('[ok]');
  });

  test('a run in which nothing could be looked at fails', async () => {
    const args = ['smoke', '--backplane', 'http://127.0.0.1:1', '--skip-login'];
    const { exitCode, stderr } = await cli(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('MEHO_ACCESS_TOKEN is not set');
  });

  test('help is on stdout with exit code 0, whatever else is wrong', async () => {
    for (const args of [
      ['-h'],
      ['install-verify', '--bogus', '--help'],
      ['smoke', '-h'],
      ['rollback-verify', '--help'],
    ]) {
      const { exitCode, stdout, stderr } = await cli(args);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^usage: meho-acceptance/);
    }
  });
});

describe('2: it could not run as asked', () => {
  test('all problems at once, a line each', async () => {
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
    const { exitCode, stdout, stderr } = await cli(
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
    expect(lines(stderr).filter((line) => line.startsWith('error: '))).toHaveLength(starts.length);
    expect(stderr).not.toContain('two words');
    expect(stderr).not.toContain('mysql://x');
  });

  test.each([
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
  ])('%j', async (args, problem) => {
    const { exitCode, stderr } = await cli(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(problem);
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle: no verdict, exit code 2', async (signal) => {
  const asked = Promise.withResolvers<void>();
  await using server = await serveStub(authority, { '/healthz': () => asked.resolve() });
  const child = spawn(process.execPath, [path.join(folder, 'dist', 'meho-acceptance.js'), ...installArgs(server.port)]);
  const [stdout, stderr] = [read(child.stdout), read(child.stderr)];
  const ended = once(child, 'exit');
  await asked.promise;
  child.kill(signal);
  expect(await ended).toEqual([2, null]);
  expect(await stderr).toBe(`error: interrupted by ${signal}: no verdict\n`);
  expect(await stdout).not.toContain('passed');
});

describe('the cluster', () => {
  const kubeconfig = async (server: string) => {
    const file = path.join(folder, 'kubeconfig');
    const named = (kind: string, value: object) => [{ name: 'lab', [kind]: value }];
    const document = {
      'current-context': 'lab',
      clusters: named('cluster', { server, 'certificate-authority': ca }),
      users: named('user', { token: 'kube-token' }),
      contexts: named('context', { cluster: 'lab', user: 'lab' }),
    };
    await writeFile(file, JSON.stringify(document));
    return file;
  };
  const withCluster = (port: number) => installArgs(port).filter((arg) => arg !== '--skip-cluster-checks');

  test('one that is not there is one failure; what needs no cluster is looked at all the same', async () => {
    await using server = await serveStub(authority);
    const file = await kubeconfig('https://127.0.0.1:1');
    const { exitCode, stdout, stderr } = await cli(withCluster(server.port), { KUBECONFIG: file });
    expect(exitCode).toBe(1);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(
      /^\[FAIL\] Deployment .*API server could not be asked: 127\.0\.0\.1:1 refused the connection/,
    );
    expect(stdout).toMatch(/\[note\] Migration Job.*deployment-available failed, which explains it/);
    expect(stdout).toContain('[ok] GET /healthz');
  });

  test('one that refuses says what it refused, and the token stays hidden', async () => {
    const refusal = { kind: 'Status', code: 403, reason: 'Forbidden', message: 'deployments is forbidden' };
    const denied = await authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
    await using apiServer = await serveHttps(denied, json(403, refusal));
    await using server = await serveStub(authority);
    const file = await kubeconfig(`https://127.0.0.1:${apiServer.port}`);
    const { exitCode, stdout, stderr } = await cli([...withCluster(server.port), '--kubeconfig', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/\[FAIL\] Deployment .*403 Forbidden: deployments is forbidden.*kubectl auth can-i/);
    expect(stdout + stderr).not.toContain('kube-token');
  });

  test('--kubeconfig that is not there is exit code 2', async () => {
    const { exitCode, stderr } = await cli([...withCluster(1), '--kubeconfig', '/no/such/file']);
    expect([exitCode, stderr.includes('kubeconfig /no/such/file: expected a readable file')]).toEqual([2, true]);
  });
});

describe('what servers say', () => {
  test('an unknown CA gets one failure, and what hangs on it a note', async () => {
    await using server = await serveStub(await createAuthority());
    const { exitCode, stdout, stderr } = await cli(installArgs(server.port));
    expect(exitCode).toBe(1);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/^\[FAIL\] GET \/healthz .*CA that is not trusted here.*--cacert/);
    expect(stdout).toContain('healthz failed, which explains it');
  });

  test('neither the token nor what a hostile server sends breaks a line', async () => {
    const hostile = `\u001b[2J\n[ok] forged ${STUB_TOKEN}`;
    await using server = await serveStub(authority, {
      '/version': json(200, { git_sha: hostile }),
      '/healthz': text(302, '', { location: `https://x/?t=${STUB_TOKEN}` }),
    });
    const { stdout, stderr } = await cli(installArgs(server.port), { MEHO_ACCESS_TOKEN: STUB_TOKEN });
    expect(stdout + stderr).not.toContain(STUB_TOKEN);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(lines(stdout + stderr).filter((line) => line.startsWith('[ok] forged'))).toEqual([]);
    expect(stderr).toContain('[secret]');
  });

  test("an operator's name and mail address are never shown, the sub is", async () => {
    await using server = await serveStub(authority);
    const args = [
      'smoke',
      '--backplane',
      `https://${STUB_HOST}`,
      '--connect-to',
      `127.0.0.1:${server.port}`,
      '--cacert',
      ca,
    ];
    const { exitCode, stdout, stderr } = await cli([...args], { MEHO_ACCESS_TOKEN: STUB_TOKEN });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('sub 7d0c2f7e');
    expect(stdout + stderr).not.toMatch(/Ada|example\.com"|ada@/);
  });
});

describe('documents', () => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  addFormats.default(ajv);
  const valid = ajv.compile(schema);

  test.each([
    ['a healthy run', {}, []],
    ['a failed one', { '/healthz': json(500, {}) }, ['--fail-fast']],
  ])('--output json, %s, is one document of the published schema', async (_, faults, more) => {
    await using server = await serveStub(authority, faults);
    const { exitCode, stdout, stderr } = await cli(installArgs(server.port, '--output', 'json', ...more), {
      INSTALL_START_TS: '1',
    });
    const document: unknown = JSON.parse(stdout);
    expect(valid(document), JSON.stringify(valid.errors)).toBe(true);
    expect(document).toMatchObject({ exitCode, outcome: exitCode === 0 ? 'passed' : 'failed' });
    expect(stderr).toBe('');
  });

  test('--output json says the problems too', async () => {
    const { exitCode, stdout } = await cli(['smoke', '--output', 'json']);
    const document: unknown = JSON.parse(stdout);
    expect(valid(document), JSON.stringify(valid.errors)).toBe(true);
    expect(document).toMatchObject({ exitCode: 2, problems: ['--backplane URL is required'] });
    expect(exitCode).toBe(2);
  });

  test('the schema refuses a report that contradicts itself', () => {
    expect(valid({ schemaVersion: 1, verifier: 'smoke', outcome: 'error', exitCode: 2, problems: [] })).toBe(false);
    expect(valid({ schemaVersion: 1, verifier: 'smoke', outcome: 'error', exitCode: 0, problems: ['a'] })).toBe(false);
  });

  test('--junit writes one test case a check beside the lines', async () => {
    const file = path.join(folder, 'report.xml');
    await using server = await serveStub(authority, { '/version': json(200, { git_sha: '<&"\u0007>' }) });
    const { exitCode, stdout } = await cli(installArgs(server.port, '--junit', file));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('[ok]');
    const xml = await readFile(file, 'utf8');
    expect(XMLValidator.validate(xml)).toBe(true);
    const { testsuite } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml).testsuites;
    expect(testsuite).toMatchObject({ name: 'install-verify', tests: '9', failures: '1', skipped: '5' });
    expect(testsuite.testcase).toHaveLength(9);
    const failed = testsuite.testcase.filter((testcase: object) => 'failure' in testcase);
    expect(failed).toHaveLength(1);
    expect(failed[0].failure['#text']).toContain('<&');
  });
});
