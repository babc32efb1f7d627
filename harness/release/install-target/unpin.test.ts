import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readValuesFiles, unpinnedValues } from './unpin.ts';

const sets = { image: { repository: 'r/meho', tag: 'v1' }, ingress: { host: 'a.test' } };
const digest = `sha256:${'0'.repeat(64)}`;

test('a digest of the operator’s is blank beside the image that the run sets', () => {
  expect(unpinnedValues(sets, { image: { digest, pullPolicy: 'Always' } })).toEqual({ image: { digest: '' } });
  // On a cluster whose nodes pull, the run names no image for the broadcast.
  expect(unpinnedValues(sets, { broadcast: { image: { digest } } })).toEqual({});
  const both = { ...sets, broadcast: { image: { repository: 'r/valkey', tag: 'v9' } } };
  expect(unpinnedValues(both, { broadcast: { image: { digest } } })).toEqual({ broadcast: { image: { digest: '' } } });
});

test('where there is none, none is set: a closed schema may not know the key', () => {
  for (const known of [
    {},
    { image: {} },
    { image: { digest: '' } },
    { image: { digest: null } },
    { image: 'r/meho:v1' },
  ]) {
    expect(unpinnedValues(sets, known)).toEqual({});
  }
});

test('of several files the last one says whether there is one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'unpin-'));
  try {
    const files = [`image: {digest: '${digest}'}`, 'replicaCount: 2', '# nothing', "image: {digest: ''}"].map(
      (text, index) => ({ file: path.join(folder, `${index}.yaml`), text }),
    );
    await Promise.all(files.map(({ file, text }) => writeFile(file, text)));
    const names = files.map(({ file }) => file);
    expect(unpinnedValues(sets, readValuesFiles(names.slice(0, 3)))).toEqual({ image: { digest: '' } });
    expect(unpinnedValues(sets, readValuesFiles(names))).toEqual({});
  } finally {
    await rm(folder, { recursive: true });
  }
});
