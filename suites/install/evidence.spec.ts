import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, installToFailure, needs, test } from '@meho/harness/test';
import { configMaps } from '@meho/kube/api/resource';

needs('our chart', 'managed services');

const files = [
  'causes.txt',
  'events.txt',
  'helm-history.txt',
  'helm-hooks.yaml',
  'helm-manifest.yaml',
  'helm-status.txt',
  'ingress-controller.log',
  'nodes.yaml',
  'objects.yaml',
  'pod-logs.txt',
];

describe('the evidence of a failed test', () => {
  const kept: { message?: string | undefined; namespace?: string; secrets?: readonly string[] } = {};

  test.fails('is collected before its site is removed', async ({ environment, newSite, onTestFailed, signal }) => {
    onTestFailed(({ task }) => {
      kept.message = task.result?.errors?.at(0)?.message;
    });
    const target = await newSite('evidence');
    const url = target.database.urlFromPods();
    const token = await environment.openId.token('operator', { kind: 'sound' });
    kept.namespace = target.namespace;
    kept.secrets = [new URL(url).password, token, token.split('.').at(-1) ?? ''];
    // Puts secrets where they don't belong.
    await environment.api.create(
      configMaps,
      target.namespace,
      { metadata: { name: 'careless' }, data: { url, token, note: `the password is ${new URL(url).password}` } },
      { signal },
    );
    await target.database.query('CREATE TABLE audit_log (in_the_way int)');
    const failed = await installToFailure(environment, target, {
      values: { migrationJob: { backoffLimit: 0 } },
      signal,
    });
    throw new Error('on purpose', { cause: failed.error });
  });

  test('is in a folder that its message names, in whole', async () => {
    const folder = /^evidence: (.+)$/m.exec(kept.message ?? '')?.[1];
    expect(folder).toMatch(/the-evidence-of-a-failed-test-is-collected-before/);
    const site = path.join(folder ?? '', kept.namespace ?? '');
    expect((await readdir(site)).toSorted()).toEqual(files);
    const read = (file: string) => readFile(path.join(site, file), 'utf8');
    for (const file of files) {
      expect(await read(file), file).not.toContain('could not be collected');
    }
    expect(await read('causes.txt')).toContain('"audit_log" already exists');
    expect(await read('pod-logs.txt')).toContain('migration_failed: ');
    expect(await read('events.txt')).toContain('Job/meho-migrate');
    expect(await read('objects.yaml')).toContain('kind: Job');
    expect(await read('helm-status.txt')).toContain('STATUS: failed');
    expect(await read('helm-hooks.yaml')).toContain('kind: Job');
    expect(await read('nodes.yaml')).toContain('MemoryPressure');
  });

  test('holds no secret', async () => {
    const folder = /^evidence: (.+)$/m.exec(kept.message ?? '')?.[1] ?? '';
    const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const texts = await Promise.all(found.map(({ parentPath, name }) => readFile(path.join(parentPath, name), 'utf8')));
    const all = texts.join('\n');
    expect(all).toContain('careless');
    expect(all).toContain('the password is [redacted]');
    expect(kept.secrets).toHaveLength(3);
    for (const secret of kept.secrets ?? []) {
      expect(secret.length).toBeGreaterThan(16);
      expect(all.includes(secret)).toBe(false);
      expect(all.includes(Buffer.from(secret).toString('base64').replace(/=+$/, ''))).toBe(false);
    }
  });
});
