import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import { repositoryRoot } from '@meho/core/repository';
import { describe, expect, test } from 'vitest';
import { addImport, type Change, writeAll } from './changes.ts';
import { kindNames, scaffold, type Taken } from './scaffold.ts';

const taken: Taken = { check: ['healthz'], rule: ['drop-table'], fault: ['healthz-500'], image: ['probe'] };

/** The row of CONTRIBUTING's table that tells of it. */
const rows = { check: 'a check', rule: 'a rule for migrations', fault: 'a fault that turns', image: 'an image' };

describe.each(kindNames)('a new %s', (kind) => {
  const changes = scaffold([kind, 'never-heard-of'], repositoryRoot, taken);

  test('is at most six files, and has something to fill in', () => {
    expect(changes.length).toBeLessThanOrEqual(6);
    expect(changes.some(({ text }) => text.includes('FILL IN'))).toBe(true);
  });

  test('is what CONTRIBUTING tells', () => {
    const row = readFileSync(path.join(repositoryRoot, 'CONTRIBUTING.md'), 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`| ${rows[kind]}`));
    expect(row).toContain(`npm run new -- ${kind} NAME`);
    const told = [...(row ?? '').matchAll(/`((?:packages|harness|images|docs)\/[^`]*)`/g)].map(
      ([, place = '']) => place,
    );
    const untold = changes.filter(({ file }) => !told.some((place) => covers(place, file)));
    expect(untold.map(({ file }) => file)).toEqual([]);
  });
});

/** A folder covers what is in it; `<name>.ts` covers its test. */
function covers(place: string, file: string): boolean {
  const named = place.replaceAll('<name>', 'never-heard-of');
  return named.endsWith('/') ? file.startsWith(named) : file === named || file === named.replace(/\.ts$/, '.test.ts');
}

test.each([
  [[], /^expected check\|rule\|fault\|image NAME, got ""$/],
  [['check'], /^expected check\|rule\|fault\|image NAME, got "check"$/],
  [['check', 'a', 'b'], /NAME, got "check a b"$/],
  [['suite', 'a'], /^expected check, rule, fault, image, got "suite"$/],
  [['constructor', 'a'], /got "constructor"$/],
  [['check', '../a'], /^expected a name of at most 30 .*, got "\.\.\/a"$/],
  [['check', 'A'], /got "A"$/],
  [['check', 'a--b'], /got "a--b"$/],
  [['check', 'a'.repeat(31)], /^expected a name of at most 30/],
  [['check', 'healthz'], /there is a check healthz: choose another$/],
  [['rule', 'drop-table'], /there is a rule drop-table/],
  [['fault', 'transport'], /harness\/faults\/install\/transport\.ts is there: choose another$/],
  [['image', 'node'], /images\/recipes\/node\/recipe\.ts is there/],
] as const)('%j is refused in one line', (args, line) => {
  const refused = () => scaffold(args, repositoryRoot, taken);
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(line);
});

test.each([
  [
    'a name that goes on where another ends',
    'version-banner',
    ['request', 'version', 'version-banner', 'version-tells'],
  ],
  ['a name that others go on from', 'request', ['request', 'request-id', 'version']],
  ['a number', 'a10', ['a2', 'a10', 'ab']],
  ['the first', 'audit', ['audit', 'budget']],
  ['the last', 'version', ['budget', 'version']],
])('%s is imported where the formatter wants it', (_, name, sorted) => {
  const lines = ['./check.ts', ...sorted.map((each) => `./checks/${each}.ts`), './zone.ts'].map(
    (from) => `import { x } from '${from}';`,
  );
  const own = `./checks/${name}.ts`;
  const others = lines.filter((line) => !line.includes(`'${own}'`));
  expect(addImport('x', own)(others.join('\n'))?.split('\n')).toEqual(lines);
});

test('what can only be written in part is not written at all', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'scaffold-'));
  try {
    writeFileSync(path.join(root, 'list.ts'), 'before');
    const change = (file: string, isNew: boolean): Change => ({ file, text: 'after', isNew });
    const changes = [change('list.ts', false), change('new/a.ts', true), change('list.ts/b.ts', true)];
    expect(() => writeAll(root, changes)).toThrow();
    expect(readFileSync(path.join(root, 'list.ts'), 'utf8')).toBe('before');
    expect(() => readFileSync(path.join(root, 'new/a.ts'))).toThrow(/ENOENT/);
    writeAll(root, changes.slice(0, 2));
    expect(readFileSync(path.join(root, 'new/a.ts'), 'utf8')).toBe('after');
    expect(readFileSync(path.join(root, 'list.ts'), 'utf8')).toBe('after');
  } finally {
    rmSync(root, { recursive: true });
  }
});
