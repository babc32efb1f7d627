import { readDockerEnvironment, readTestcontainersEnvironment } from '@meho/core/config/docker';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Engine } from './engine.ts';
import { isRyukDecided, useWithTestcontainers } from './testcontainers.ts';

const engine: Engine = { host: 'unix:///nowhere/docker.sock', version: '0', ours: false };

test.each([
  ['nobody has said anything', {}, false],
  ['the user wants no ryuk', { TESTCONTAINERS_RYUK_DISABLED: 'true' }, true],
  ['our command has found ryuk there', { DOCKER_HOST: engine.host, TESTCONTAINERS_RYUK_DISABLED: 'false' }, true],
  [
    'it was found in another engine',
    { DOCKER_HOST: 'unix:///other.sock', TESTCONTAINERS_RYUK_DISABLED: 'false' },
    false,
  ],
])('%s', (_, env, told) => {
  expect(isRyukDecided(engine, readTestcontainersEnvironment(env))).toBe(told);
});

test('whoever is told asks no engine and no registry', async () => {
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  vi.stubEnv('DOCKER_HOST', 'unix:///other.sock');
  vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', 'true');
  vi.stubEnv('DOCKER_TLS_VERIFY', '1');
  vi.stubEnv('DOCKER_TLS', '1');
  vi.stubEnv('DOCKER_CERT_PATH', '/nowhere');
  await useWithTestcontainers(engine, { signal: new AbortController().signal });
  expect(readTestcontainersEnvironment()).toEqual({ dockerHost: engine.host, ryukDisabled: true });
  expect(readDockerEnvironment()).toMatchObject({
    host: engine.host,
    tlsVerify: false,
    tls: false,
    certPath: undefined,
  });
  vi.stubEnv('TESTCONTAINERS_RYUK_DISABLED', undefined);
  await expect(useWithTestcontainers(engine, { signal: new AbortController().signal })).rejects.toThrow(/ENOENT/);
});
