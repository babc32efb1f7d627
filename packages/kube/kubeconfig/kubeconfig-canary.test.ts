import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf, UsageError } from '@meho/core/problem';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { findAccess } from './access.ts';

const signal = new AbortController().signal;
const CANARY = 'canary9f27c1d5';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kubeconfig-canary-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const soundText = stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'lab', cluster: { server: 'https://lab.example.com:6443' } }],
  users: [
    { name: 'lab', user: { token: CANARY } },
    { name: 'second', user: { username: 'ada', password: CANARY } },
  ],
  contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
  'current-context': 'lab',
});

async function saidOf(text: string | Uint8Array): Promise<string> {
  const file = path.join(folder, 'config');
  await writeFile(file, text);
  const warned: unknown[] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
    warned.push(warning);
  });
  try {
    await findAccess({ file, signal });
    return warned.map(String).join('\n');
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    return `${warned.map(String).join('\n')}${messageOf(error)}${error.stack ?? ''}`;
  } finally {
    spy.mockRestore();
  }
}

const anchoredText = `apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: &c {server: "https://lab.example.com:6443"}}]
x-secret: &token >-
  ${CANARY}
x-user: &user
  username: ada
  password: |
    ${CANARY}
    ${CANARY}
users:
- {name: lab, user: {token: *token}}
- name: second
  user: {<<: *user}
- name: third
  user:
    <<: *user
    client-key-data: "${Buffer.from(CANARY).toString('base64')}\\
      ${CANARY}"
contexts: [{name: lab, context: {cluster: lab, user: lab}}]
current-context: lab
`;

/** mulberry32: the same faults in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pieces = [
  ...[
    '!vault ',
    '!!binary ',
    '!<x> ',
    '&a ',
    '*a ',
    '<<: ',
    '? ',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '>',
    '%',
  ],
  ...[
    '\n',
    '\t',
    '\r',
    '#',
    '---\n',
    '...\n',
    '\u0001',
    '\u2028',
    '@',
    '`',
    '\ufeff',
    '5',
    'yes',
    '~',
    ',',
    '\\x',
    '%YAML 1.2\n',
  ],
];

test.each([
  ['as it is written by kubectl', soundText, 2000, 500],
  ['with anchors, aliases, merge keys and scalars over lines', anchoredText, 600, 150],
] as const)(
  'nothing of its text is said, whatever is broken in it: %s',
  { timeout: 60_000 },
  async (_, sound, rounds, least) => {
    const draw = random(13);
    const pick = (length: number) => Math.floor(draw() * length);
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      let text: string = sound;
      for (let fault = 0; fault <= pick(3); fault += 1) {
        const at = pick(text.length);
        text =
          draw() < 0.3
            ? text.slice(0, at) + text.slice(at + 1 + pick(8))
            : text.slice(0, at) + pieces[pick(pieces.length)] + text.slice(at);
      }
      const said = await saidOf(text);
      refused += said === '' ? 0 : 1;
      expect(said, text).not.toContain(CANARY.slice(0, 8));
    }
    expect(refused).toBeGreaterThan(least);
  },
);

test.each([
  ['where a file belongs', { tokenFile: CANARY }],
  ['where a certificate file belongs', { 'client-certificate': CANARY, 'client-key': 'key' }],
  [
    'in a command',
    { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: `gone ${CANARY}` } },
  ],
  ['as an apiVersion', { exec: { apiVersion: CANARY, interactiveMode: 'Never', command: 'true' } }],
  [
    'as an interactiveMode',
    { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: CANARY, command: 'true' } },
  ],
  ['as an auth-provider', { 'auth-provider': { name: CANARY } }],
  ['as a key of the extras', { as: 'bob', token: 'x', 'as-user-extra': { [CANARY]: 'text' } }],
  ['as data', { 'client-certificate-data': CANARY, 'client-key-data': CANARY }],
])('nor a secret that stands in the wrong place: %s', async (_, user) => {
  const said = await saidOf(stringify({ ...JSON.parse(JSON.stringify(sound())), users: [{ name: 'lab', user }] }));
  expect(said).not.toBe('');
  expect(said).not.toContain(CANARY);
});

test('an unknown tag is no reason to say anything', async () => {
  expect(await saidOf(soundText.replace(CANARY, `!vault ${CANARY}`))).toBe('');
});

test('what is larger than any kubeconfig, or has no end, is refused at once', async () => {
  expect(await saidOf(`# ${'x'.repeat(5 * 1024 * 1024)}\n${soundText}`)).toContain('expected at most 4 MiB');
  await expect(findAccess({ file: '/dev/zero', signal })).rejects.toThrow('expected at most 4 MiB');
  const many = Array.from({ length: 60_000 }, (_, at) => `- { name: u${at} }\n`).join('');
  expect(await saidOf(`${soundText}x:\n${many}`)).toContain('expected at most 30000 lines and members');
  expect(await saidOf(`${soundText}x: {${'a: 1,'.repeat(60_000)}}`)).toContain(
    'expected at most 30000 lines and members',
  );
});

function sound() {
  return {
    clusters: [{ name: 'lab', cluster: { server: 'https://lab.example.com:6443' } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  };
}
