import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectsFile, objectsOf } from './given-objects.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-objects-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const place = path.join(folder, name);
  await writeFile(place, text);
  return place;
}

test('the run’s authorities come where an object says so, and nowhere else', async () => {
  const place = await file(
    'good.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata: { name: roots }
data: { ca.pem: "\${trustBundle}", other: text }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: meho }
`,
  );
  expect(objectsFile(place)).toEqual({ file: place, trustSources: [{ kind: 'ConfigMap', name: 'roots' }] });
  expect(objectsOf(place, 'PEM $& $1')[0]?.body['data']).toEqual({ 'ca.pem': 'PEM $& $1', other: 'text' });
});

test('what the run makes itself is told, and so is what is no such object', async () => {
  const named = await file('taken.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: { name: meho-postgres }\n');
  expect(objectsFile(named)).toMatch(/^other names than .*Secret meho-postgres is among the objects$/);
  const job = await file('job.yaml', 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: x }\n');
  expect(objectsFile(job)).toMatch(/^an object of kind Secret, ConfigMap, ServiceAccount/);
});
