import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { objectsWithTrust, readObjectsFile, trustPlaceholder } from './objects-file.ts';

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
  expect(readObjectsFile(place)).toEqual({ file: place, trustSources: [{ kind: 'ConfigMap', name: 'roots' }] });
  expect(objectsWithTrust(place, 'PEM $& $1')[0]?.body['data']).toEqual({ 'ca.pem': 'PEM $& $1', other: 'text' });
});

test('so they do in a Secret, as text or encoded, where the API server wants it', async () => {
  const base64 = Buffer.from(`a ${trustPlaceholder} b`).toString('base64');
  const secret = (data: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: roots }\n${data}\n`;
  const place = await file(
    'secret.yaml',
    secret(`data: { ca: ${base64}, other: b3RoZXI= }\nstringData: { pem: "${trustPlaceholder}" }`),
  );
  expect(readObjectsFile(place)).toMatchObject({ trustSources: [{ kind: 'Secret', name: 'roots' }] });
  expect(objectsWithTrust(place, 'PEM')[0]?.body).toMatchObject({
    data: { ca: Buffer.from('a PEM b').toString('base64'), other: 'b3RoZXI=' },
    stringData: { pem: 'PEM' },
  });
  const raw = await file('raw.yaml', secret(`data: { ca: "${trustPlaceholder}" }`));
  expect(readObjectsFile(raw)).toMatch(/^base64 in data of Secret roots: \$\{trustBundle\} goes into its stringData$/);
});

test('what the run makes itself is told, and so is what is no such object', async () => {
  const named = await file('taken.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: { name: meho-postgres }\n');
  expect(readObjectsFile(named)).toMatch(/^other names than .*Secret meho-postgres is among the objects$/);
  const job = await file('job.yaml', 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: x }\n');
  expect(readObjectsFile(job)).toMatch(/^an object of kind Secret, ConfigMap, ServiceAccount/);
});
