import { describe, expect, test } from 'vitest';
import { readPostgresEnvironment } from './config/postgres.ts';
import { isWatched, wantsColour } from './config/terminal.ts';
import { completeSearchPath, readSettings, readVerifierEnvironment, unsetVerifierVariables } from './config.ts';
import { UsageError } from './problem.ts';

test('an empty environment gives the defaults', () => {
  expect(readSettings({ PATH: '/bin' })).toMatchObject({ imageMode: 'auto', path: '/bin' });
});

test('every problem is told at once', () => {
  const wrong = { MEHO_IMAGES: 'pull', XDG_CACHE_HOME: 'cache' };
  const read = () => readSettings(wrong);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(/MEHO_IMAGES: .*"pull"\nXDG_CACHE_HOME: .*"cache"/);
});

test.each(['registry.example.com/meho', 'localhost:5000/a', '127.0.0.1:5000/a/b_c', 'registry:5000/a', '[::1]:5000/a'])(
  '%s may hold every image',
  (registry) => {
    expect(readSettings({ MEHO_REGISTRY: registry }).imageRegistry).toBe(registry);
  },
);

test.each([
  'registry.example.com',
  'registry/meho',
  'https://registry.example.com/meho',
  'registry.example.com/Meho',
  'registry.example.com/meho/',
  'registry.example.com/meho:1',
  'registry.example.com/meho@sha256:0',
  'registry.example.com/../meho',
  'user:secret-word@registry.example.com/meho',
  ' registry.example.com/meho',
])('%s may not, and is refused without a password', (registry) => {
  const read = () => readSettings({ MEHO_REGISTRY: registry });
  expect(read).toThrow(/MEHO_REGISTRY: expected HOST\/PREFIX/);
  expect(read).not.toThrow(/secret-word/);
});

test('a registry of yours and images that are built contradict each other', () => {
  expect(() => readSettings({ MEHO_REGISTRY: 'r.example.com/m', MEHO_IMAGES: 'build' })).toThrow(/contradict/);
  expect(readSettings({ MEHO_REGISTRY: '' }).imageRegistry).toBeUndefined();
});

test('an empty variable counts as not set', () => {
  expect(readSettings({ MEHO_IMAGES: '', DOCKER_HOST: '', XDG_CACHE_HOME: '' }).imageMode).toBe('auto');
});

test('a terminal is watched unless it is a build’s or can do nothing', () => {
  expect(isWatched({ isTTY: true }, { TERM: 'xterm', CI: 'false' })).toBe(true);
  expect(isWatched({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  expect(isWatched({ isTTY: true }, { CI: 'true' })).toBe(false);
  expect(isWatched({}, {})).toBe(false);
});

test('colour needs a terminal and no NO_COLOR', () => {
  expect(wantsColour({ isTTY: true }, {})).toBe(true);
  expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColour({}, {})).toBe(false);
});

test('what PATH lacks of the system’s folders comes behind what it has', () => {
  const env = { PATH: '/opt/tools:/usr/bin:/bin' };
  completeSearchPath(env);
  expect(env.PATH).toBe('/opt/tools:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin');
  const none: { PATH?: string } = {};
  completeSearchPath(none);
  expect(none.PATH).toMatch(/^\/usr\/local\/sbin:/);
});

describe('the variables that a verifier is started without', () => {
  const read = new Set<string>();
  const recorder = new Proxy<Record<string, string>>(
    {},
    {
      get: (_, name) => {
        read.add(String(name));
        return undefined;
      },
    },
  );
  readVerifierEnvironment(recorder);

  test('are just those that it reads', () => {
    expect(read.size).toBeGreaterThan(20);
    expect(new Set(Object.keys(unsetVerifierVariables({})))).toEqual(read);
  });

  test('count as not set, whatever they were', () => {
    const mine = Object.fromEntries([...read, 'PGPASSWORD', 'PGHOST'].map((name) => [name, '1']));
    expect(readVerifierEnvironment(mine)).not.toEqual(readVerifierEnvironment({}));
    const started = { ...mine, HOME: '/h', ...unsetVerifierVariables(mine) };
    expect(readVerifierEnvironment(started)).toEqual(readVerifierEnvironment({}));
    expect(readPostgresEnvironment(started)).toEqual(readPostgresEnvironment({ HOME: '/h' }));
  });
});
