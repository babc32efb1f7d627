import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStub } from '@meho/contract/testing/stub-backplane';
import { serveStubApi, writeKubeconfig } from '@meho/kube/testing/stub-api-server';
import { expect, vi } from 'vitest';
import { cliDeadlineMs, type PublishedCli, test } from '../testing/published-cli.ts';

vi.setConfig({ testTimeout: cliDeadlineMs });

/** Lists Node modules by name, our files with sizes. */
async function loadedBy(cli: PublishedCli, args: readonly string[]) {
  const watcher = path.join(cli.folder, 'loaded.cjs');
  const list = path.join(cli.folder, 'loaded.json');
  await writeFile(
    watcher,
    `const files = [];
    require('node:module').registerHooks({ load(url, context, next) { files.push(url); return next(url, context); } });
    process.on('exit', () =>
      require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify([process.moduleLoadList, files])));`,
  );
  const { exitCode, stdout } = await cli.run(args, { NODE_OPTIONS: `--require ${watcher}` });
  const [modules, urls]: [string[], string[]] = JSON.parse(await readFile(list, 'utf8'));
  const files = [...new Set(urls)].filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return {
    exitCode,
    stdout,
    modules: modules.map((line) => line.replace('NativeModule ', '')),
    files: files.map((file) => path.basename(file)),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

test("a verdict loads Node's client for HTTPS, and neither its fetch nor HTTP/2, which take longer than all of ours", async ({
  cli,
}) => {
  await using host = await serveStub(cli.authority);
  const { exitCode, modules } = await loadedBy(cli, cli.installArgs(host.port));
  expect(exitCode).toBe(0);
  expect(modules).toContain('https');
  expect(modules.filter((name) => name === 'http2' || name === 'internal/deps/undici/undici')).toEqual([]);
});

// Each file costs part of a millisecond, more the larger it is.
test('it loads few files of the command, and no YAML parser without a kubeconfig', async ({ cli }) => {
  await using host = await serveStub(cli.authority);
  const { exitCode, files, bytes } = await loadedBy(cli, cli.installArgs(host.port));
  expect(exitCode).toBe(0);
  expect(files.length, files.join(' ')).toBeLessThanOrEqual(8);
  expect(bytes).toBeLessThan(220_000);
  const smoke = ['smoke', '--backplane', 'http://127.0.0.1:1', '--cacert', cli.ca];
  expect((await loadedBy(cli, smoke)).files).toEqual(files);
});

// The kubeconfig's reading with its parser, and what compares the pods' images, which only a cluster tells.
test('with a kubeconfig five more', async ({ cli }) => {
  await using host = await serveStub(cli.authority);
  const keyPair = await cli.authority.issue({ dnsNames: [], ipAddresses: ['127.0.0.1'] });
  await using api = await serveStubApi(keyPair, () => undefined);
  const kubeconfig = await writeKubeconfig(path.join(cli.folder, 'start-up.yaml'), cli.ca, api.port);
  const args = cli.installArgs(host.port).filter((arg) => arg !== '--skip-cluster-checks');
  const { stdout, files, bytes } = await loadedBy(cli, [...args, '--kubeconfig', kubeconfig]);
  expect(stdout).toMatch(/\[ok\] GET \/version/);
  expect(files.length, files.join(' ')).toBeLessThanOrEqual(13);
  expect(bytes).toBeLessThan(368_000);
});
