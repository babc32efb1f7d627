import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runTargetsVerify } from './targets-verify.ts';

const example = new URL('../../../examples/targets.yaml', import.meta.url);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'targets-'));
  const sound = await readFile(example, 'utf8');
  await writeFile(path.join(folder, 'sound.yaml'), sound);
  await writeFile(
    path.join(folder, 'bad.yaml'),
    sound
      .replace('immutable-sha', 'latest')
      .replace('min_streak: 5', 'min_streak: 1')
      .replace('dogfood', '"a\\nb\\e[2J"'),
  );
  await writeFile(path.join(folder, 'latin.yaml'), Buffer.from('- name: \xe4', 'latin1'));
});

afterAll(() => rm(folder, { recursive: true }));

async function verify(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const exitCode = await runTargetsVerify(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outIsTerminal: false,
    secrets: new KnownSecrets(),
    cwd: folder,
    signal: new AbortController().signal,
  });
  return { exitCode, out, err };
}

test('0: all holds', async () => {
  expect(await verify('sound.yaml')).toEqual({
    exitCode: 0,
    out: '[ok] sound.yaml: rdc-meho is as it must be\ntargets-verify: passed\n',
    err: '',
  });
});

test('1: every problem on a line of its own, with its place, and no line forged', async () => {
  const { exitCode, out, err } = await verify('bad.yaml');
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: 'targets-verify: failed, 3 problems\n' });
  expect(err.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^\[FAIL\] bad\.yaml:11:\d+ rdc-meho\.image\.tag_policy: expected a policy of immutable tags, not latest, seen "latest"$/,
    ),
    expect.stringMatching(
      /^\[FAIL\] bad\.yaml:28:\d+ rdc-meho\.smoke_gate\.counter\.min_streak: expected 5 or more, seen 1$/,
    ),
    expect.stringMatching(
      /^\[FAIL\] bad\.yaml:39:\d+ rdc-meho\.sensitivity: expected one of dogfood, staging, prod, seen /,
    ),
  ]);
  expect(err).not.toContain('\u001b');
});

test('as one document', async () => {
  const { exitCode, out, err } = await verify('--output', 'json', 'bad.yaml');
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    outcome: 'failed',
    exitCode: 1,
    findings: [{ line: 11 }, { line: 28 }, { line: 39 }],
  });
});

test.each([
  [[], /expected one FILE, got 0/],
  [['sound.yaml', 'bad.yaml'], /expected one FILE, got 2/],
  [['nowhere.yaml'], /nowhere\.yaml: expected a readable file in UTF-8/],
  [['latin.yaml'], /latin\.yaml: expected a readable file in UTF-8/],
  [['--bogus', 'sound.yaml'], /unknown flag --bogus/],
  [['--output=xml', 'sound.yaml'], /--output: expected text or json/],
])('2: %j', async (args, message) => {
  const { exitCode, out, err } = await verify(...args);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(message);
});

test('2 as a document, where one is to be printed', async () => {
  const { exitCode, out } = await verify('--output', 'json', 'nowhere.yaml');
  expect(exitCode).toBe(2);
  expect(JSON.parse(out)).toEqual({
    schemaVersion: 1,
    verifier: 'targets-verify',
    outcome: 'error',
    exitCode: 2,
    problems: [expect.stringContaining('nowhere.yaml: expected a readable file')],
  });
});

test('--help', async () => {
  expect(await verify('--help')).toMatchObject({ exitCode: 0, out: expect.stringContaining('targets-verify FILE') });
});
