import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readBounded } from './bounded-file.ts';
import { repositoryRoot } from './repository.ts';

test('a file without an end is refused at once', () => {
  expect(() => readBounded('/dev/zero')).toThrow('it is larger than 16 MiB');
  expect(() => readBounded('/dev/zero', 1024 * 1024)).toThrow('it is larger than 1 MiB');
});

test('a file as large as may be comes whole', () => {
  const own = readFileSync(import.meta.filename);
  expect(readBounded(import.meta.filename, own.length)).toEqual(own);
  expect(() => readBounded(import.meta.filename, own.length - 1)).toThrow('EFBIG');
});

/** Applies to files that the user names, not to the published command's own, its build's or the kubelet's. */
test('whatever file a verifier is given is read by its bound', () => {
  const files = globSync(
    ['core/http', 'verifiers', 'kube', 'contract', 'helm', 'migration-lint', 'lab', 'green-counter'].map(
      (each) => `packages/${each}/**/*.ts`,
    ),
    {
      cwd: repositoryRoot,
    },
  ).filter((file) => !/\.(?:test|spec)\.ts$|\/testing\//.test(file));
  const unbounded = files.filter((file) =>
    /\breadFile(?:Sync)?\(/.test(readFileSync(path.join(repositoryRoot, file), 'utf8')),
  );
  expect(unbounded.toSorted()).toEqual([
    'packages/kube/kubeconfig/kubeconfig.ts',
    'packages/kube/kubeconfig/pod-access.ts',
    'packages/migration-lint/corpus/corpus.ts',
    'packages/migration-lint/throughput.ts',
    'packages/verifiers/bundle/bundle.ts',
    'packages/verifiers/bundle/fresh-dist.ts',
    'packages/verifiers/bundle/import-first.ts',
    'packages/verifiers/bundle/yaml-modules.ts',
  ]);
});
