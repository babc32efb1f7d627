import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { run } from '@meho/core/process/run';
import { type Authority, createAuthority } from '@meho/core/testing/authority';
import { type StartedRegistry, startRegistry } from '@meho/harness/services/registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { CHART_FOLDER } from '../testing/chart-folder.ts';
import { HELM } from '../testing/helm-program.ts';
import { type Asked, type Interference, startRegistryFront } from '../testing/registry-front.ts';
import { terminal } from '../testing/terminal.ts';
import { MINIMAL_VALUES } from '../testing/values.ts';
import { runStepOf, type StepResult } from '../testing/workflow-steps.ts';
import { scrubbed } from './pull.ts';

const user = { name: 'publisher', password: 'the-password-of-the-run' };
const sha = '3f2a9c1d00000000000000000000000000000000';
const { cacheFolder, path: searchPath } = readSettings();

let folder: string;
let authority: Authority;
let open: StartedRegistry;
let closed: StartedRegistry;
/** As the steps told it: each push packages anew, with a digest of its own. */
let published: { readonly version: string; readonly open: string; readonly closed: string };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'publishing-'));
  authority = await createAuthority();
  await writeFile(path.join(folder, 'ca.pem'), authority.certificatePem);
  const program = { cacheFolder, progress: terminal, signal: new AbortController().signal };
  open = await startRegistry({ authority, program });
  closed = await startRegistry({ authority, program, users: [user] });
  const checkout = await newCheckout();
  const stamped = await step('Stamp version and appVersion', checkout, open.host);
  const pushed = await step('Push', checkout, closed.host);
  expect(pushed.stderr).toContain('Login Succeeded');
  expect(`${pushed.stdout}${pushed.stderr}`).not.toContain(user.password);
  const pushedToAll = await step('Push', checkout, open.host);
  published = {
    version: stamped.outputs['version'] ?? '',
    open: pushedToAll.outputs['digest'] ?? '',
    closed: pushed.outputs['digest'] ?? '',
  };
}, 600_000);
afterAll(async () => {
  await open?.stop();
  await closed?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As the publishing job has it, but for what the steps here don't read. */
async function newCheckout(): Promise<string> {
  const checkout = await mkdtemp(path.join(folder, 'checkout-'));
  await cp(CHART_FOLDER, path.join(checkout, 'charts', 'meho'), { recursive: true });
  await symlink(import.meta.dirname, path.join(checkout, 'charts', 'publishing'));
  return checkout;
}

/** As the job without rights has it: the scripts alone, and no package beside them. */
async function newJob(): Promise<string> {
  const job = await mkdtemp(path.join(folder, 'job-'));
  await mkdir(path.join(job, 'publishing'));
  await cp(import.meta.dirname, path.join(job, 'publishing'), { recursive: true });
  return job;
}

function step(name: string, cwd: string, host: string, more: Record<string, string> = {}): Promise<StepResult> {
  return runStepOf(name, cwd, {
    ...environment(cwd),
    REGISTRY: host,
    OWNER: 'evoila',
    RUNNER_TEMP: cwd,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: sha,
    GITHUB_ACTOR: user.name,
    GITHUB_TOKEN: user.password,
    ...more,
  });
}

function environment(home: string) {
  return {
    PATH: [path.dirname(process.execPath), path.dirname(HELM), searchPath].join(path.delimiter),
    HOME: home,
    HELM_REGISTRY_CONFIG: path.join(home, 'logins.json'),
    SSL_CERT_FILE: path.join(folder, 'ca.pem'),
    NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem'),
  };
}

async function pull(host: string, { version = published.version, digest = published.open } = {}): Promise<StepResult> {
  return step('Pull without any login', await newJob(), host, { VERSION: version, DIGEST: digest });
}

async function helm(args: readonly string[]) {
  const nobody = await mkdtemp(path.join(folder, 'nobody-'));
  const env = scrubbed(environment(nobody), nobody) as Record<string, string>;
  return run(HELM, args, { env, timeoutMs: 60_000 });
}

const isManifest = ({ path: asked }: Asked) => asked.includes('/manifests/');
const front = (interfere: (asked: Asked) => Interference | undefined) => startRegistryFront(open, authority, interfere);

test('what is stamped, packaged and pushed is what anybody pulls, shows and renders', async () => {
  expect(published.version).toMatch(/^0\.1\.\d{8}-3f2a9c1$/);
  expect(published.open).toMatch(/^sha256:[0-9a-f]{64}$/);
  const { exitCode, stdout, stderr } = await pull(open.host);
  expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  expect(stdout).toContain(`${published.version}@${published.open}`);
  const at = [`oci://${open.host}/evoila/meho-chart`, '--version', published.version];
  expect((await helm(['show', 'chart', ...at])).stdout).toContain(`appVersion: ${sha}`);
  const values = path.join(folder, 'values.yaml');
  await writeFile(values, stringify(MINIMAL_VALUES));
  const rendered = await helm(['template', 'meho', ...at, '--values', values]);
  expect(rendered.stdout).toContain('kind: Deployment');
});

test('the pull leaves nothing behind', async () => {
  const before = await readdir(tmpdir());
  await pull(open.host);
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith('meho-pull-') && !before.includes(name));
  expect(left).toEqual([]);
});

test('a private package is told as such, also where an earlier run has left its login', async () => {
  const job = await newJob();
  const env = environment(job);
  await run(HELM, ['registry', 'login', closed.host, '--username', user.name, '--password-stdin'], {
    env,
    stdin: user.password,
    timeoutMs: 60_000,
  });
  const at = [`oci://${closed.host}/evoila/meho-chart`, '--version', published.version];
  // Whoever is logged in gets it.
  await run(HELM, ['show', 'chart', ...at], { env, timeoutMs: 60_000 });
  const direct = await run(process.execPath, ['publishing/pull.ts', ...at, '--digest', published.closed], {
    cwd: job,
    env,
    timeoutMs: 60_000,
    acceptExitCodes: [1],
  });
  const asStep = await step('Pull without any login', job, closed.host, {
    VERSION: published.version,
    DIGEST: published.closed,
  });
  for (const { exitCode, stderr } of [direct, asStep]) {
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: expected .* to be open to whoever asks; seen .*; next: .*visibility=public$/m);
  }
});

test.concurrent.each<[string, Parameters<typeof pull>[1], (asked: Asked) => Interference | undefined, RegExp]>([
  [
    'another chart under the same version',
    { digest: `sha256:${'0'.repeat(64)}` },
    () => undefined,
    /to be what was published; seen digest sha256:[0-9a-f]{64}, and sha256:0{64} was published; next: do not use it/,
  ],
  [
    'a changed archive',
    {},
    ({ path: asked }) =>
      asked.includes('/blobs/') ? { change: (body) => Buffer.from(body.map((byte) => byte ^ 1)) } : undefined,
    /to be what was published; seen .*mismatched digest; next: do not use it/,
  ],
  [
    'an absent version',
    { version: '9.9.9' },
    () => undefined,
    /9\.9\.9 to be there; seen .*: not found; next: compare/,
  ],
  [
    'a registry that always says too many, and to come back in an hour',
    {},
    (asked) =>
      isManifest(asked) ? { status: 429, headers: { 'retry-after': '3600' }, code: 'TOOMANYREQUESTS' } : undefined,
    /to be answered for; seen .*429.*; next: wait/,
  ],
])('%s: red, by cause and in one line', async (_, of, interfere, line) => {
  await using spoilt = await front(interfere);
  const { exitCode, stderr, stdout } = await pull(spoilt.host, of);
  expect(exitCode).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.split('\n').filter((each) => each.startsWith('error: '))).toEqual([expect.stringMatching(line)]);
});

test.concurrent('a registry that dies half-way is asked again', async () => {
  let cuts = 0;
  await using dying = await front(({ path: asked }) => {
    cuts += asked.includes('/blobs/') ? 1 : 0;
    return asked.includes('/blobs/') && cuts <= 2 ? { cutAfterBytes: 100 } : undefined;
  });
  const { exitCode, stderr } = await pull(dying.host);
  expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  expect(stderr).toMatch(/unexpected EOF[\s\S]*trying again in 2 s/);
});

test.concurrent('a push that the registry cuts off comes through, as helm tries again itself, with the same digest', async () => {
  let cuts = 0;
  await using dying = await front(({ method, path: asked }) => {
    const isCut = method === 'PUT' && asked.includes('/manifests/') && cuts === 0;
    cuts += isCut ? 1 : 0;
    return isCut ? { cutAfterBytes: 0 } : undefined;
  });
  const checkout = await newCheckout();
  const { exitCode, stderr, outputs } = await step('Push', checkout, dying.host, { OWNER: 'other' });
  expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  expect(cuts).toBe(1);
  expect(outputs['digest']).toMatch(/^sha256:/);
});

test.concurrent('Retry-After is waited for, where helm alone gives up', async () => {
  const pauseS = 20;
  let firstMs: number | undefined;
  await using limited = await front((asked) => {
    firstMs ??= asked.atMs;
    const leftS = Math.ceil(pauseS - (asked.atMs - firstMs) / 1000);
    return isManifest(asked) && leftS > 0
      ? { status: 429, headers: { 'retry-after': String(leftS) }, code: 'TOOMANYREQUESTS' }
      : undefined;
  });
  const { exitCode, stderr } = await pull(limited.host);
  expect(`${exitCode} ${stderr}`).toMatch(/^0 /);
  expect(stderr.match(/trying again/g)).toHaveLength(1);
  // Helm's own six within 15 s, one of ours to be told how long, and then those that are served.
  const refused = limited.asked.filter((asked) => isManifest(asked) && asked.atMs - (firstMs ?? 0) < pauseS * 1000);
  expect(refused.map(({ method }) => method)).toEqual([...Array(6).fill('GET'), 'HEAD']);
});

test('a push without the right password says so, and not the password', async () => {
  const wrong = 'not-the-password';
  const { exitCode, stderr, stdout } = await step('Push', await newCheckout(), closed.host, { GITHUB_TOKEN: wrong });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: expected 127\.0\.0\.1:\d+ to be open to whoever asks; seen .*401.*; next: log in/m);
  expect(stdout + stderr).not.toContain(wrong);
});

test.each<[string, readonly string[], RegExp]>([
  [
    'push.ts',
    ['charts/none', '--to', 'oci://r.example.com/a', '--work', '.'],
    /expected the folder of a chart, got "charts/,
  ],
  ['push.ts', ['.', '--to', 'r.example.com/a', '--work', '.'], /--to: expected .*, got "r\.example\.com\/a"/],
  ['push.ts', ['.', '--password', 'x'], /Unknown option '--password'/],
  ['sign.ts', ['r.example.com/a:latest', '--identity', 'x'], /what to sign: expected .*sha256/],
  ['sign.ts', [`r.example.com/a@sha256:${'0'.repeat(64)}`], /expected either --identity or --public-key/],
  ['pull.ts', ['oci://r.example.com/a', '--version', 'latest'], /--version: expected .*, got "latest"/],
  ['pull.ts', ['oci://r.example.com/a', '--version', '1.2.3'], /--digest: expected .*, got ""/],
])('%s %j is called wrongly: one line, and 2', async (script, args, line) => {
  const { exitCode, stdout, stderr } = await run(process.execPath, [path.join(import.meta.dirname, script), ...args], {
    // No helm and no cosign, which nothing may come to.
    env: { PATH: folder },
    timeoutMs: 60_000,
    acceptExitCodes: [2],
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(line);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

const cosign = (await run('sh', ['-c', 'command -v cosign'], { timeoutMs: 10_000, acceptExitCodes: [1, 127] })).stdout;

test('signed with a key of the run it verifies; unsigned it does not', async ({ skip }) => {
  skip(cosign === '', 'no cosign on PATH, which takes longer to build than all else here');
  const job = await newJob();
  const env = { ...environment(job), COSIGN_PASSWORD: '' };
  await run(cosign.trim(), ['generate-key-pair'], { cwd: job, env, timeoutMs: 60_000 });
  const reference = `${open.host}/evoila/meho-chart@${published.open}`;
  const sign = (args: readonly string[]) =>
    run(process.execPath, ['publishing/sign.ts', reference, '--public-key', 'cosign.pub', ...args], {
      cwd: job,
      env,
      timeoutMs: 120_000,
      acceptExitCodes: [1],
    });
  const unsigned = await sign(['--verify-only']);
  expect(unsigned.exitCode).toBe(1);
  expect(unsigned.stderr).toMatch(
    /^error: expected .* to be signed; seen .*no signatures found; next: run the signing/m,
  );
  const signed = await sign(['--key', 'cosign.key']);
  expect(`${signed.exitCode} ${signed.stderr}`).toMatch(/^0 /);
  await run(cosign.trim(), ['generate-key-pair', '--output-key-prefix', 'other'], {
    cwd: job,
    env,
    timeoutMs: 60_000,
  });
  const other = await run(
    process.execPath,
    ['publishing/sign.ts', reference, '--public-key', 'other.pub', '--verify-only'],
    { cwd: job, env, timeoutMs: 120_000, acceptExitCodes: [1] },
  );
  expect(other.exitCode).toBe(1);
});
