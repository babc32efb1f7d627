import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDockerEnvironment } from '@meho/core/config/docker';
import { UsageError } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { namedEndpoint } from './endpoint.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-docker-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const digestOf = (name: string) => createHash('sha256').update(name).digest('hex');

/** As `docker context create` writes it; `text` replaces the content. */
async function context(name: string, docker: object | undefined, text?: string): Promise<void> {
  const place = path.join(folder, 'contexts', 'meta', digestOf(name));
  await mkdir(place, { recursive: true });
  const document = { Name: name, Metadata: {}, Endpoints: docker === undefined ? {} : { docker } };
  await writeFile(path.join(place, 'meta.json'), text ?? JSON.stringify(document));
}
const configured = (text: string) => writeFile(path.join(folder, 'config.json'), text);
const current = (name: string) => configured(JSON.stringify({ currentContext: name }));

async function material(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const place = path.join(folder, 'contexts', 'tls', digestOf(name), 'docker');
  await mkdir(place, { recursive: true });
  await Promise.all(Object.entries(files).map(([file, text]) => writeFile(path.join(place, file), text)));
  return place;
}

const environment = (variables: Readonly<Record<string, string>> = {}) =>
  readDockerEnvironment({ DOCKER_CONFIG: folder, ...variables });
const named = (variables?: Readonly<Record<string, string>>) => namedEndpoint(environment(variables));

function problemOf(variables?: Readonly<Record<string, string>>): string {
  try {
    return `no problem: ${JSON.stringify(named(variables))}`;
  } catch (error) {
    return error instanceof UsageError ? error.message : `no UsageError: ${String(error)}`;
  }
}

describe("who names the engine, in Docker's own order", () => {
  beforeEach(async () => {
    await context('lab', { Host: 'tcp://127.0.0.1:1111', SkipTLSVerify: false });
    await context('podman', { Host: 'unix:///run/podman/podman.sock' });
    await current('lab');
  });

  test.each<[Readonly<Record<string, string>>, string | undefined, RegExp]>([
    [{}, 'tcp://127.0.0.1:1111', /^Docker context lab \(currentContext of .*config\.json\)$/],
    [{ DOCKER_CONTEXT: 'podman' }, 'unix:///run/podman/podman.sock', /^Docker context podman \(DOCKER_CONTEXT\)$/],
    [{ DOCKER_HOST: 'tcp://127.0.0.1:2222' }, 'tcp://127.0.0.1:2222', /^DOCKER_HOST$/],
    [{ DOCKER_HOST: 'tcp://127.0.0.1:2222', DOCKER_CONTEXT: 'podman' }, 'tcp://127.0.0.1:2222', /^DOCKER_HOST$/],
    [{ DOCKER_HOST: 'tcp://127.0.0.1:2222', DOCKER_CONTEXT: 'nowhere' }, 'tcp://127.0.0.1:2222', /^DOCKER_HOST$/],
    [{ DOCKER_HOST: '', DOCKER_CONTEXT: '' }, 'tcp://127.0.0.1:1111', /lab/],
    [{ DOCKER_CONTEXT: 'default' }, undefined, /^$/],
    // They configure the default engine; a context has its own TLS.
    [{ DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' }, 'tcp://127.0.0.1:1111', /lab/],
    [{ DOCKER_CERT_PATH: '/nowhere', DOCKER_HOST: 'tcp://127.0.0.1' }, 'tcp://127.0.0.1:2375', /^DOCKER_HOST$/],
  ])('%j', (variables, host, source) => {
    const endpoint = named(variables);
    expect(endpoint?.host).toBe(host);
    expect(endpoint?.source ?? '').toMatch(source);
    expect(endpoint?.tls).toBeUndefined();
  });

  test.each(['{}', '{"currentContext":""}', '{"currentContext":"default"}', '{"currentContext":null}'])(
    'a configuration that is %s names none',
    async (text) => {
      await configured(text);
      expect(named()).toBeUndefined();
    },
  );

  test('nor does a folder that is not there', () => {
    expect(named({ DOCKER_CONFIG: '/nowhere/docker' })).toBeUndefined();
  });
});

/** Taken from Docker's client 28.2.2. */
test.each([
  ['127.0.0.1:3', 'tcp://127.0.0.1:3'],
  ['localhost', 'tcp://localhost:2375'],
  ['tcp://127.0.0.1', 'tcp://127.0.0.1:2375'],
  ['tcp://127.0.0.1:80', 'tcp://127.0.0.1:80'],
  ['tcp://:4', 'tcp://localhost:4'],
  ['tcp://', 'tcp://localhost:2375'],
  ['unix://', 'unix:///var/run/docker.sock'],
  [' tcp://127.0.0.1:6 ', 'tcp://127.0.0.1:6'],
  ['unix:///tmp/a b.sock', 'unix:///tmp/a b.sock'],
  ['tcp://[::1]:9', 'tcp://[::1]:9'],
  ['tcp://me:very-secret@127.0.0.1:5', 'tcp://127.0.0.1:5'],
])('DOCKER_HOST=%s', (text, host) => {
  expect(named({ DOCKER_HOST: text })?.host).toBe(host);
});

test('a context without a host means the default engine, and is named all the same', async () => {
  await context('lab', { Host: '' });
  expect(named({ DOCKER_CONTEXT: 'lab' })).toMatchObject({ host: 'unix:///var/run/docker.sock' });
});

describe('what is broken is refused by its name, and no other engine is taken', () => {
  test.each<[Readonly<Record<string, string>>, RegExp]>([
    [
      { DOCKER_CONTEXT: 'nowhere' },
      /^Docker context nowhere \(DOCKER_CONTEXT\) can't be read: there is no .*meta\.json/,
    ],
    [{ DOCKER_HOST: '/var/run/docker.sock' }, /^DOCKER_HOST names "\/var\/run\/docker\.sock", expected unix/],
    [{ DOCKER_HOST: 'http://127.0.0.1:5' }, /^DOCKER_HOST names .* expected unix/],
    [{ DOCKER_HOST: 'TCP://127.0.0.1:5' }, /^DOCKER_HOST names "TCP:\/\/127.* expected unix/],
    [{ DOCKER_HOST: 'h2c+x://127.0.0.1:5' }, /^DOCKER_HOST names .* expected unix/],
    [{ DOCKER_HOST: 'tcp://127.0.0.1:abc' }, /^DOCKER_HOST names/],
    [{ DOCKER_HOST: 'tcp://127.0.0.1:5/path' }, /with a path behind the port/],
    [{ DOCKER_HOST: 'ssh://me:very-secret@lab' }, /ssh:\/\/ isn't followed here; forward its socket/],
    [{ DOCKER_HOST: 'npipe:////./pipe/x' }, /expected unix/],
    [
      { DOCKER_TLS_VERIFY: '1' },
      /^DOCKER_TLS_VERIFY: expected ca\.pem, cert\.pem and key\.pem in .*ca\.pem can't be read/,
    ],
    [{ DOCKER_TLS_VERIFY: '0', DOCKER_HOST: 'tcp://127.0.0.1' }, /^DOCKER_TLS_VERIFY: expected ca\.pem/],
    [{ DOCKER_TLS: '1', DOCKER_HOST: 'tcp://127.0.0.1' }, /^DOCKER_TLS asks for encryption without verification/],
  ])('%j', (variables, problem) => {
    expect(problemOf(variables)).toMatch(problem);
    expect(problemOf(variables)).not.toMatch(/very-secret|\n/);
  });

  test.each([
    ['{', /expected JSON in .*config\.json; mend it/],
    ['{"auths":{"very-secret"', /expected JSON in/],
    ['', /expected JSON in/],
    ['null', /expected a JSON object/],
    ['[]', /expected a JSON object/],
    ['{"currentContext":5}', /expected a text as currentContext/],
    ['\ufeff{"currentContext":"lab"}', /expected JSON in/],
    ['{"currentContext":"nowhere"}', /^Docker context nowhere \(currentContext of .*\) can't be read: there is no/],
  ])('a configuration that is %s', async (text, problem) => {
    await configured(text);
    expect(problemOf()).toMatch(problem);
    expect(problemOf()).not.toMatch(/very-secret|\n/);
    expect(named({ DOCKER_HOST: 'tcp://127.0.0.1:1' })?.host).toBe('tcp://127.0.0.1:1');
  });

  test.each([
    [
      ['images'],
      { DOCKER_HOST: 'unix:///nowhere' },
      '{"auths":{"very-secret"',
      /^error: Docker's configuration: expected JSON/,
    ],
    [['--help'], {}, '', /^error: Docker's configuration: expected JSON/],
    [
      ['images'],
      { DOCKER_AUTH_CONFIG: '{"very-secret' },
      '{}',
      /^error: DOCKER_AUTH_CONFIG: expected JSON in it; mend it$/,
    ],
    [
      ['images'],
      { DOCKER_CONTEXT: 'nowhere' },
      '{}',
      /^error: Docker context nowhere \(DOCKER_CONTEXT\) can't be read/,
    ],
  ])(
    'ends the command %j in a line, whoever names the engine: %j',
    async (args, variables, text, line) => {
      await configured(text);
      const main = new URL('../../harness/commands/main.ts', import.meta.url).pathname;
      const env = { DOCKER_CONFIG: folder, DOCKER_HOST: '', DOCKER_CONTEXT: '', DOCKER_AUTH_CONFIG: '', ...variables };
      const { exitCode, stderr } = await run(process.execPath, [main, ...args], {
        env,
        timeoutMs: 30_000,
        acceptExitCodes: [2],
      });
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(line);
      expect(stderr).not.toMatch(/very-secret| {4}at /);
      // Loading a whole command takes long, and its own deadline must come first.
    },
    60_000,
  );

  test('a configuration that is a folder', async () => {
    await mkdir(path.join(folder, 'config.json'));
    expect(problemOf()).toMatch(/^Docker's configuration can't be read: .*config\.json: it is a folder \(EISDIR\)$/);
  });

  test.each([
    ['{', /expected JSON in .*meta\.json/],
    ['', /expected JSON in .*meta\.json/],
    ['[]', /expected a JSON object/],
    ['{}', /names no Docker engine/],
    ['{"Endpoints":{"kubernetes":{"Host":"https://x"}}}', /names no Docker engine/],
    ['{"Endpoints":{"docker":{"Host":5}}}', /expected a text as Host/],
    ['{"Endpoints":{"docker":{"Host":"tcp://h","SkipTLSVerify":"x"}}}', /a yes or no as SkipTLSVerify/],
    [
      '{"Endpoints":{"docker":{"Host":"tcp://h","SkipTLSVerify":true}}}',
      /has SkipTLSVerify, and testcontainers always verifies/,
    ],
    ['{"Endpoints":{"docker":{"Host":"ssh://me@lab"}}}', /ssh:\/\/ isn't followed here/],
  ])('a context that is %s', async (text, problem) => {
    await context('lab', undefined, text);
    await current('lab');
    expect(problemOf()).toMatch(/^Docker context lab \(currentContext of /);
    expect(problemOf()).toMatch(problem);
  });

  test('a context whose TLS material is not whole', async () => {
    await context('lab', { Host: 'tcp://127.0.0.1:2376' });
    await material('lab', { 'ca.pem': 'x' });
    expect(problemOf({ DOCKER_CONTEXT: 'lab' })).toMatch(/^Docker context lab .*expected .*cert\.pem can't be read/);
  });
});
