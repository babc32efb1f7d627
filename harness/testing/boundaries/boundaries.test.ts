import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { describe, expect, test } from 'vitest';
import { boundaryProblems, fileCycles, rootProblems } from './problems.ts';
import { importsIn, readWorkspaces, type Workspace } from './workspace.ts';

describe('this repository', () => {
  const workspaces = readWorkspaces(repositoryRoot);

  test('has all its workspaces', () => {
    expect(workspaces.length).toBeGreaterThanOrEqual(15);
    expect(workspaces.flatMap(({ files }) => files).length).toBeGreaterThan(1000);
  });

  test('imports what its package.json files name, and shows what somebody imports', () => {
    expect(boundaryProblems(workspaces)).toEqual([]);
  });

  test('pins at its root what workspaces name, and the tools that scripts run', () => {
    const { devDependencies } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'));
    expect(Object.keys(devDependencies).length).toBeGreaterThan(30);
    expect(rootProblems(devDependencies, workspaces, ['@biomejs/biome', 'node', 'typescript'])).toEqual([]);
  });

  test('has no files that import each other, but for what interprets recursive syntax', () => {
    const recursive = ['alembic', 'sql', 'plpgsql'].map((each) => `packages/migration-lint/${each}/`);
    expect(fileCycles(workspaces, recursive)).toEqual([]);
  });

  test('has faults that ask verifiers as processes, never by their code', () => {
    const byCode = (from: string) => from.startsWith('@meho/verifiers/') && from !== '@meho/verifiers/bundle/bundle';
    const faults = workspaces
      .filter(({ folder }) => folder === 'harness')
      .flatMap(({ files }) => files.filter(({ path }) => path.startsWith('faults/')));
    expect(faults.length).toBeGreaterThan(20);
    expect(faults.filter(({ imports }) => imports.some(({ from }) => byCode(from)))).toEqual([]);
  });
});

describe('a fault in the boundaries is found:', () => {
  const low: Workspace = {
    name: '@meho/low',
    folder: 'packages/low',
    exports: { './a': './a.ts' },
    dependencies: {},
    devDependencies: {},
    files: [{ path: 'a.ts', imports: [] }],
  };
  const high: Workspace = {
    name: '@meho/high',
    folder: 'packages/high',
    exports: {},
    dependencies: { '@meho/low': '*', yaml: '2.0.0' },
    devDependencies: { ajv: '8.0.0' },
    files: [
      { path: 'b.ts', imports: ['@meho/low/a', 'yaml', './c.ts'].map((from) => ({ from, typeOnly: false })) },
      { path: 'c.ts', imports: [] },
      { path: 'c.test.ts', imports: ['ajv', 'vitest'].map((from) => ({ from, typeOnly: false })) },
    ],
  };
  const importing = (from: string, path = 'b.ts'): Workspace => ({
    ...high,
    files: [...high.files, { path, imports: [{ from, typeOnly: false }] }],
  });

  test('none in these two', () => {
    expect(boundaryProblems([low, high])).toEqual([]);
    expect(fileCycles([low, high], [])).toEqual([]);
  });

  test.each([
    ['a file outside the package', [low, importing('../low/a.ts')], /outside packages\/high/],
    ['a library that is not declared', [low, importing('undici')], /imports undici.*doesn't name/],
    ['a library for tests in what is shipped', [low, importing('ajv')], /imports ajv.*doesn't name/],
    ['the runner in what is shipped', [low, importing('vitest')], /imports vitest.*doesn't name/],
    ['a package that is not declared', [low, high, { ...low, name: '@meho/x', ...use('@meho/low/a') }], /@meho\/low/],
    ['what a package does not show', [low, importing('@meho/low/inner')], /doesn't export/],
    ['an export that nobody imports', [{ ...low, exports: { ...low.exports, './z': './z.ts' } }, high], /\.\/z/],
    ['a library that nobody imports', [{ ...low, dependencies: { pg: '1.0.0' } }, high], /names pg/],
    ['two versions', [{ ...low, devDependencies: { ajv: '7.0.0' }, ...use('ajv', 'a.test.ts') }, high], /8\.0\.0 by/],
    ['a cycle', [{ ...low, dependencies: { '@meho/high': '*' }, ...use('@meho/high/b') }, high], /cycle of packages/],
  ] as const)('%s', (_, workspaces, message) => {
    expect(boundaryProblems(workspaces).join('\n')).toMatch(message);
  });

  function use(from: string, path = 'a.ts') {
    return { files: [{ path, imports: [{ from, typeOnly: false }] }] };
  }

  test('a library at the root that no workspace names, or names in another version', () => {
    const tools = ['typescript'];
    expect(rootProblems({ yaml: '2.0.0', typescript: '7.0.0', '@types/pg': '8.0.0' }, [low, high], tools)).toEqual([]);
    expect(rootProblems({ tar: '7.0.0' }, [low, high], tools)).toEqual([
      'package.json names tar, which no workspace does: take it out',
    ]);
    expect(rootProblems({ yaml: '2.0.1' }, [low, high], tools)).toEqual([
      'package.json pins yaml 2.0.1, workspaces want 2.0.0',
    ]);
  });

  test('files that import each other, by value alone', () => {
    const pair = (typeOnly: boolean): Workspace => ({
      ...low,
      files: [
        { path: 'a.ts', imports: [{ from: './b.ts', typeOnly: false }] },
        { path: 'b.ts', imports: [{ from: './a.ts', typeOnly }] },
      ],
    });
    expect(fileCycles([pair(false)], [])).toHaveLength(1);
    expect(fileCycles([pair(true)], [])).toEqual([]);
    expect(fileCycles([pair(false)], ['packages/low/'])).toEqual([]);
  });

  test('every way of importing is read', () => {
    const text = `
      import 'node:fs';
    `.concat(
      "\nimport a, { b } from 'x';\nimport type { C } from 'y';\nimport { type D } from 'z';\nexport { e } from './e.ts';\n",
      "export type { F } from './f.ts';\nimport './g.ts';\nconst h = await import('./h.ts');\n",
    );
    expect(importsIn(text)).toEqual([
      { from: 'x', typeOnly: false },
      { from: 'y', typeOnly: true },
      { from: 'z', typeOnly: true },
      { from: './e.ts', typeOnly: false },
      { from: './f.ts', typeOnly: true },
      { from: './g.ts', typeOnly: false },
      { from: './h.ts', typeOnly: false },
    ]);
  });
});
