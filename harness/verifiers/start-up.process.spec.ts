import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, vi } from 'vitest';
import { serveStub } from '../contract/testing/stub-backplane.ts';
import { cliDeadlineMs, test } from './testing/published-cli.ts';

// It starts a process.
vi.setConfig({ testTimeout: cliDeadlineMs });

test("a verdict loads Node's client for HTTPS, and neither its fetch nor HTTP/2, which take longer than all of ours", async ({
  cli,
}) => {
  const watcher = path.join(cli.folder, 'loaded.cjs');
  const list = path.join(cli.folder, 'loaded.txt');
  const write = `require('node:fs').writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join('\\n'))`;
  await writeFile(watcher, `process.on('exit', () => ${write});`);
  await using host = await serveStub(cli.authority);
  const { exitCode } = await cli.run(cli.installArgs(host.port), { NODE_OPTIONS: `--require ${watcher}` });
  expect(exitCode).toBe(0);
  const loaded = (await readFile(list, 'utf8')).split('\n').map((line) => line.replace('NativeModule ', ''));
  expect(loaded).toContain('https');
  expect(loaded.filter((name) => name === 'http2' || name === 'internal/deps/undici/undici')).toEqual([]);
});
