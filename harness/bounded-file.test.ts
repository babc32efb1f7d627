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

/** Files that the one who calls names; those of the published command's own folder, of its build and of the kubelet are no such. */
test('whatever file a verifier is given is read by its bound', () => {
  const files = globSync('harness/{verifiers,kube,http,contract,helm,migrations,pr-smoke,targets}/**/*.ts', {
    cwd: repositoryRoot,
  }).filter((file) => !/\.(?:test|spec)\.ts$|\/testing\/|\/reality\//.test(file));
  const unbounded = files.filter((file) =>
    /\breadFile(?:Sync)?\(/.test(readFileSync(path.join(repositoryRoot, file), 'utf8')),
  );
  expect(unbounded.toSorted()).toEqual([
    'harness/kube/kubeconfig.ts',
    'harness/kube/pod-access.ts',
    'harness/migrations/throughput.ts',
    'harness/verifiers/bundle.ts',
    'harness/verifiers/imported-first.ts',
    'harness/verifiers/yaml-modules.ts',
  ]);
});
