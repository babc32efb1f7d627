import { expect, test } from 'vitest';
import { rerunCommand } from './rerun-command.ts';

const ran = { command: 'npm test --', args: [] };
const names = ['a cold install', "it's (really) up"];
const named = "-t '^a cold install it'\\''s \\(really\\) up$'";

test.each([
  ['unit', 'packages/a.test.ts', `npx vitest run --project unit packages/a.test.ts ${named}`],
  ['processes', 'packages/a.process.spec.ts', `npx vitest run --project processes packages/a.process.spec.ts ${named}`],
  ['suites', 'suites/install/cold.spec.ts', `npm run acceptance -- --suite install/cold ${named}`],
  ['faults', 'harness/faults/smoke.faults.ts', `npm run faults -- smoke ${named}`],
  ['corpus', 'harness/differential/predictions.corpus.ts', `npm run corpus -- ${named}`],
  ['helms', 'packages/helm/testing/a.helms.ts', 'npm test'],
])('one test of %s', (project, file, line) => {
  expect(rerunCommand({ project, file, names, detail: '' }, ran)).toBe(line);
});

test('a file, a phase, and a control character in a name', () => {
  expect(rerunCommand({ project: 'unit', file: 'a.test.ts', names: [], detail: '' }, ran)).toBe(
    'npx vitest run --project unit a.test.ts',
  );
  expect(rerunCommand({ project: 'unit tests', names: [], detail: '' }, ran)).toBe('npm test');
  const odd = rerunCommand({ project: 'unit', file: 'a.test.ts', names: ['a\u001B[2J'], detail: '' }, ran);
  expect(odd).toBe("npx vitest run --project unit a.test.ts -t '^a.\\[2J$'");
});

test('what was judged stays in the command, the choice of suites does not', () => {
  const args = ['--image', 'my image:v1', '--suite', 'install', '-t', 'x', '--suite=smoke', '--yes-this-cluster'];
  const sharded = ['--shard', '2/5', '--times=last', '--keep'];
  const story = { project: 'suites', file: 'suites/smoke/chain.spec.ts', names: ['reads Vault'], detail: '' };
  expect(rerunCommand(story, { command: 'npm run acceptance --', args })).toBe(
    "npm run acceptance -- --image 'my image:v1' --yes-this-cluster --suite smoke/chain -t '^reads Vault$'",
  );
  expect(rerunCommand(story, { command: 'npm run acceptance --', args: sharded })).toBe(
    "npm run acceptance -- --keep --suite smoke/chain -t '^reads Vault$'",
  );
});
