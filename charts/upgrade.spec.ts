import { fileURLToPath } from 'node:url';
import type { V1Deployment } from '@kubernetes/client-node';
import { run } from '@meho/core/process/run';
import { describe, expect, it } from 'vitest';
import { CHART, render } from './testing/chart.ts';
import { HELM } from './testing/helm-program.ts';
import { serveObjects } from './testing/objects-server.ts';
import { MINIMAL_VALUES } from './testing/values.ts';

/** As charts were published whose selectors had no component. */
const PUBLISHED = fileURLToPath(new URL('testing/published/meho-chart-0.0.9.tgz', import.meta.url));

const deploymentsOf = async (chart: string) =>
  (await render(MINIMAL_VALUES, { chart })).all<V1Deployment>('Deployment');

/** In sight of a cluster that has these. */
async function upgrade(deployments: readonly V1Deployment[], flags: readonly string[] = ['--is-upgrade']) {
  await using cluster = await serveObjects(deployments);
  const where = [
    '--namespace',
    'meho',
    '--dry-run=server',
    '--disable-openapi-validation',
    '--kubeconfig',
    cluster.kubeconfig,
  ];
  return await run(HELM, ['template', 'meho', CHART, ...where, ...flags, '--values', '-'], {
    stdin: JSON.stringify(MINIMAL_VALUES),
    timeoutMs: 60_000,
  });
}

describe('an upgrade from a published chart of another selector', async () => {
  const published = await deploymentsOf(PUBLISHED);

  it('is refused before anything is touched, with the Deployment and the way', async () => {
    await expect(upgrade(published)).rejects.toThrow(
      /Deployment meho selects its pods by .*"app\.kubernetes\.io\/name":"meho"\}\}, this chart by .*"app\.kubernetes\.io\/component":"backplane".*Nothing was changed.*kubectl -n meho delete deployment meho --cascade=orphan, then upgrade again/s,
    );
  });

  it('goes on once the Deployment is replaced as the README says', async () => {
    const { stdout } = await upgrade(published.filter(({ metadata }) => metadata?.name !== 'meho'));
    expect(stdout).toContain('kind: Deployment');
  });

  it('is refused for the broadcast, too', async () => {
    const own = await deploymentsOf(CHART);
    const changed = own.map((each): V1Deployment => {
      const selector = { matchLabels: { app: 'valkey' } };
      const isBroadcast = each.metadata?.name === 'meho-broadcast' && each.spec !== undefined;
      return isBroadcast
        ? ({ ...each, spec: { ...each.spec, selector } as V1Deployment['spec'] } as V1Deployment)
        : each;
    });
    await expect(upgrade(changed)).rejects.toThrow(/Deployment meho-broadcast selects its pods by .*"app":"valkey"/);
  });
});

describe('what needs no replacing', async () => {
  it('an upgrade from this chart goes on', async () => {
    const { stdout } = await upgrade(await deploymentsOf(CHART));
    expect(stdout).toContain('name: meho-migrate');
  });

  it('an install leaves what it finds to helm', async () => {
    // Helm 4 looks at who owns them, Helm 3 only when it installs.
    const said = await upgrade(await deploymentsOf(PUBLISHED), []).then(({ stdout }) => stdout, String);
    expect(said).toMatch(/kind: Deployment|invalid ownership metadata/);
    expect(said).not.toContain('selects its pods');
  });
});
