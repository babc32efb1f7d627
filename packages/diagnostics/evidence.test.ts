import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { redactor } from '@meho/core/redaction/redact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectEvidence } from './evidence.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evidence-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (file: string) => readFile(path.join(folder, file), 'utf8');
const options = { redact: redactor(['the-password']), deadlineMs: 1500 };

test('writes each item, redacted', async () => {
  const items = [{ file: 'a.txt', collect: async () => 'it is the-password' }];
  expect(await collectEvidence(folder, items, options)).toEqual([]);
  expect(await read('a.txt')).toBe('it is [redacted]');
});

test('what fails or hangs is told and keeps nothing else from being written', async () => {
  const started = performance.now();
  const items = [
    { file: 'fails.txt', collect: () => Promise.reject(new Error('refused the-password')) },
    { file: 'hangs.txt', collect: () => new Promise<string>(() => undefined) },
    { file: 'fine.txt', collect: async () => 'fine' },
  ];
  await collectEvidence(folder, items, options);
  expect(performance.now() - started).toBeLessThan(8000);
  expect(await read('fails.txt')).toBe('could not be collected: refused [redacted]\n');
  expect(await read('hangs.txt')).toContain('not there within 1.5 s');
  expect(await read('fine.txt')).toBe('fine');
});

test('a folder or file that can’t be written is no reason to throw, and is told', async () => {
  await writeFile(path.join(folder, 'file'), '');
  const items = [{ file: 'a', collect: async () => 'a' }];
  expect(await collectEvidence(path.join(folder, 'file', 'below'), items, options)).toEqual([
    expect.stringMatching(/ENOTDIR|EEXIST/),
  ]);
  expect(await readdir(folder)).toEqual(['file']);
  await mkdir(path.join(folder, 'a'));
  expect(await collectEvidence(folder, items, options)).toEqual([expect.stringContaining('EISDIR')]);
});
