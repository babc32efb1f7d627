import type { KubernetesObject } from '@kubernetes/client-node';
import { run } from '@meho/core/process/run';
import { describe, expect, it } from 'vitest';
import { CHART, render } from './testing/chart.ts';
import { HELM } from './testing/helm-program.ts';
import { serveObjects } from './testing/objects-server.ts';
import { MINIMAL_VALUES, type Values, withValue } from './testing/values.ts';

interface Selecting extends KubernetesObject {
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: object } & object;
    readonly podSelector?: { readonly matchLabels?: object };
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
}

interface PolicyRule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
}

interface Peer {
  readonly podSelector?: { readonly matchLabels?: object };
  readonly namespaceSelector?: object;
}

/** As Helm leaves them: with its mark, except on hooks. */
async function releaseOnCluster(
  release: string,
  values: Values = MINIMAL_VALUES,
): Promise<readonly KubernetesObject[]> {
  const { objects } = await render(values, { release });
  return objects
    .filter(({ metadata }) => metadata?.annotations?.['helm.sh/hook'] === undefined)
    .map((object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { ...object.metadata?.annotations, 'meta.helm.sh/release-name': release },
      },
    }));
}

async function beside(
  objects: readonly KubernetesObject[],
  release: string,
  { values = MINIMAL_VALUES, flags = [] }: { readonly values?: Values; readonly flags?: readonly string[] } = {},
): Promise<string> {
  await using cluster = await serveObjects(objects);
  const where = ['--namespace', 'meho', '--dry-run=server', '--disable-openapi-validation'];
  const args = ['template', release, CHART, ...where, '--kubeconfig', cluster.kubeconfig, ...flags, '--values', '-'];
  const { stdout } = await run(HELM, args, { stdin: JSON.stringify(values), timeoutMs: 60_000 });
  return stdout;
}

describe('what a release selects is of this release alone', async () => {
  const everything = {
    ...MINIMAL_VALUES,
    podDisruptionBudget: { enabled: true },
    eso: { enabled: true, secretStore: { name: 'vault', kind: 'SecretStore' } },
  };
  const { objects } = await render(everything, { release: 'lab' });
  const selectors = (objects as readonly Selecting[]).flatMap(({ kind, metadata, spec }) => {
    const own = kind === 'NetworkPolicy' ? spec?.podSelector : spec?.selector;
    const peers = [...(spec?.ingress ?? []), ...(spec?.egress ?? [])]
      .flatMap(({ from = [], to = [] }) => [...from, ...to])
      .filter(({ namespaceSelector }) => namespaceSelector === undefined)
      .flatMap(({ podSelector }) => podSelector ?? []);
    return [...(own === undefined ? [] : [own]), ...peers].map((each) => [`${kind}/${metadata?.name}`, each] as const);
  });

  it('in every Deployment, Service, policy, peer of a policy and budget', () => {
    expect(selectors.map(([name]) => name)).toEqual(
      expect.arrayContaining(['Deployment/lab-meho', 'Service/lab-meho', 'NetworkPolicy/lab-meho']),
    );
    expect(selectors.map(([name]) => name)).toContain('PodDisruptionBudget/lab-meho');
  });

  it.each(selectors)('%s', (_, selector) => {
    const labels = 'matchLabels' in selector ? selector.matchLabels : selector;
    expect(labels).toMatchObject({ 'app.kubernetes.io/instance': 'lab' });
  });
});

describe('a neighbour that has the names of the migration’s hooks', () => {
  it.each([
    ['an install', []],
    ['an upgrade', ['--is-upgrade']],
  ])('is left alone: %s is refused before anything is touched', async (_, flags) => {
    await expect(beside(await releaseOnCluster('meho-migrate'), 'meho', { flags })).rejects.toThrow(
      /ConfigMap meho-migrate in namespace meho is release meho-migrate's.*Nothing was changed\. Choose another release name/s,
    );
  });

  it('isn’t installed beside the release whose migration would take them', async () => {
    const objects = await releaseOnCluster('meho');
    await expect(beside(objects, 'meho-migrate')).rejects.toThrow("ConfigMap meho in namespace meho is release meho's");
    const named = withValue(MINIMAL_VALUES, '/fullnameOverride', 'meho-migrate');
    await expect(beside(objects, 'lab', { values: named })).rejects.toThrow('Choose another release name');
  });
});

describe('what is no such neighbour', () => {
  it('a second release of another name, beside which both go on', async () => {
    expect(await beside(await releaseOnCluster('meho-b'), 'meho')).toContain('name: meho-migrate');
    expect(await beside(await releaseOnCluster('meho'), 'meho-b')).toContain('name: meho-b-migrate');
  });

  it('an own release of such a name alone, and its upgrades', async () => {
    expect(await beside([], 'meho-migrate')).toContain('name: meho-migrate-migrate');
    const own = await releaseOnCluster('meho-migrate');
    expect(await beside(own, 'meho-migrate', { flags: ['--is-upgrade'] })).toContain('name: meho-migrate-migrate');
  });

  it('what the own migration has left, which has no owner, or another chart’s ConfigMap that no hook is called like', async () => {
    const left = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'meho-migrate', namespace: 'meho' } };
    expect(await beside([left], 'meho')).toContain('name: meho-migrate');
    const others = { ...left.metadata, name: 'lab', annotations: { 'meta.helm.sh/release-name': 'their-notes' } };
    const named = withValue(MINIMAL_VALUES, '/fullnameOverride', 'lab-migrate');
    expect(await beside([{ ...left, metadata: others }], 'meho', { values: named })).toContain('name: lab-migrate');
  });
});
