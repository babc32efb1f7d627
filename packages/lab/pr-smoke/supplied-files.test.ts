import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ingressDoubts, prValues } from './chart-values.ts';
import { readSuppliedObjects, secretValuesOf } from './supplied-objects.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pr-smoke-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const place = path.join(folder, name);
  await writeFile(place, text);
  return place;
}

const secret =
  'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {url: very-secret}\ndata: {more: aGlkZGVu}\n';

describe('objects for the namespace', () => {
  test('Secrets, ConfigMaps and ServiceAccounts, and what of them is secret', async () => {
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ca}\ndata: {ca.crt: public}\n';
    const objects = readSuppliedObjects(await file('good.yaml', `${secret}---\n${map}---\n`));
    if (typeof objects === 'string') {
      throw new Error(objects);
    }
    expect(objects.map(({ resource, name }) => `${resource.kind}/${name}`)).toEqual(['Secret/db', 'ConfigMap/ca']);
    expect(secretValuesOf(objects)).toEqual(['very-secret', 'hidden']);
  });

  test('are read as kubectl reads them: merge keys override what stands above them, bytes are text', async () => {
    const text = `${secret.replace('{url: very-secret}', '{url: other, <<: {url: very-secret}, more: !!binary aGk=}')}`;
    const objects = readSuppliedObjects(await file('late.yaml', text));
    expect(objects).toMatchObject([{ body: { stringData: { url: 'very-secret', more: 'hi' } } }]);
  });

  test.each([
    ['another kind', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n', /of kind Secret, ConfigMap/],
    [
      'a namespace of its own',
      secret.replace('{name: db}', '{name: db, namespace: kube-system}'),
      /without a namespace/,
    ],
    ['no name', 'apiVersion: v1\nkind: Secret\n', /with a name in document 1/],
    ['no mapping', '- 1\n', /an object of kind/],
    ['nothing', '# empty\n', /at least one object/],
    ['no YAML', 'stringData: {url: very-secret\n : [', /can not be parsed/],
  ])('%s is refused', async (name, text, words) => {
    const problem = readSuppliedObjects(await file(`${name}.yaml`, text));
    expect(problem).toMatch(words);
    expect(problem).not.toContain('very-secret');
  });

  test('a file that is not there', () => {
    expect(readSuppliedObjects('/no/such/file')).toMatch(/ENOENT/);
  });
});

describe('values of a pull request', () => {
  const given = { namespace: 'meho-ci-7', imageTag: 'pr-7-abc', imageRepository: undefined };

  test('the image alone where no file has a host', async () => {
    const none = await file('none.yaml', 'replicaCount: 1\n');
    expect(prValues({ ...given, valuesFiles: [none] })).toEqual({ image: { tag: 'pr-7-abc' } });
    const pinned = await file('pinned.yaml', `image: {tag: v1, digest: 'sha256:${'0'.repeat(64)}'}`);
    expect(prValues({ ...given, valuesFiles: [pinned] })).toEqual({ image: { tag: 'pr-7-abc', digest: '' } });
    expect(prValues({ ...given, imageRepository: 'r/meho', valuesFiles: [] })).toEqual({
      image: { tag: 'pr-7-abc', repository: 'r/meho' },
    });
  });

  test('a host of its own below the last host of the files', async () => {
    const first = await file('first.yaml', 'ingress: {host: a.example.com}\n');
    const second = await file('second.yaml', 'ingress: {host: b.example.com}\n');
    const third = await file('third.yaml', 'ingress: {className: nginx}\n');
    expect(prValues({ ...given, valuesFiles: [first, second, third] })).toMatchObject({
      ingress: { host: 'meho-ci-7.b.example.com' },
    });
  });

  test('the host that helm reads where a merge key stands below it', async () => {
    const anchored = 'x: &x {host: b.example.com}\ningress:\n  host: a.example.com\n  <<: *x\n';
    expect(prValues({ ...given, valuesFiles: [await file('late.yaml', anchored)] })).toMatchObject({
      ingress: { host: 'meho-ci-7.b.example.com' },
    });
  });

  test('what the cluster serves Ingresses with, where no file says it', async () => {
    const ingress = { className: 'traefik', namespace: 'kube-system' };
    const blank = await file('blank.yaml', 'ingress: {className: "", host: a.example.com}\n');
    expect(prValues({ ...given, ingress, valuesFiles: [blank] })).toMatchObject({
      ingress: { className: 'traefik', host: 'meho-ci-7.a.example.com' },
      networkPolicy: { ingressControllerNamespace: 'kube-system' },
    });
    expect(ingressDoubts([blank], ingress)).toEqual([]);
    const own = await file(
      'own.yaml',
      'ingress: {className: nginx}\nnetworkPolicy: {ingressControllerNamespace: ingress-nginx}\n',
    );
    expect(prValues({ ...given, ingress, valuesFiles: [own] })).toEqual({ image: { tag: 'pr-7-abc' } });
    expect(ingressDoubts([own], ingress)).toEqual([
      'the values say ingress.className nginx',
      'the values say networkPolicy.ingressControllerNamespace ingress-nginx',
    ]);
  });
});
