import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Invalid } from '@meho/core/command-line/flags';
import { scratchFolder } from '@meho/core/runs/temporary';
import { expect, test } from 'vitest';
import { valuesFile } from './chart-values.ts';

async function judged(text: string): Promise<string> {
  await using folder = await scratchFolder('values');
  const file = path.join(folder.path, 'values.yaml');
  await writeFile(file, text);
  const value = valuesFile(file);
  return value instanceof Invalid ? value.expected : 'taken';
}

test.each([
  'replicaCount: 1\nreplicaCount: 2\n',
  'x: &x {host: a}\ningress: {host: b, <<: *x}\n',
  'replicaCount:\t1\r\n',
  '# nothing\n',
  'null\n',
])('values as helm takes them are taken: %j', async (text) => {
  expect(await judged(text)).toBe('taken');
});

test.each([
  ['x: *secret\n', /aliases and merge keys/],
  ['x: {<<: secret}\n', /aliases and merge keys/],
  ['x: .inf # secret\n', /line 1 can't be parsed/],
  ['x: 1\n---\nx: secret\n', /one YAML document/],
  ['- secret\n', /a mapping of values/],
])('what helm refuses is refused, and not quoted: %j', async (text, why) => {
  const said = await judged(text);
  expect(said).toMatch(why);
  expect(said).not.toContain('secret');
});
