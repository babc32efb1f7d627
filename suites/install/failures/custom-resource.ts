import { helmVersion, majorOf } from '../../../harness/helm/program.ts';
import type { Resource } from '../../../harness/kube/resource.ts';
import { byHand, copyChart, drive, expect, installToFailure, needs, test } from '../../../harness/test.ts';

needs('our chart');

/** Helm 4 itself waits for it until its time is over. */
const notReadyMs = 60_000;

const crds: Resource<object> = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

test.concurrent('a custom resource that isn’t ready is named long before Helm 4 gives up on it, at an upgrade as well', async ({
  environment,
  newSite,
  signal,
  skip,
}) => {
  skip(!environment.cluster.capabilities.disposable, 'it brings a kind of object to a cluster that is not ours');
  const version = await helmVersion(environment.helm);
  skip(majorOf(version) === 3, `helm ${version} does not wait for custom resources`);
  const site = await newSite('custom-resource');
  const { api } = environment;
  const group = `${site.namespace}.example.com`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const definition = {
    metadata: { name: `stores.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Store', plural: 'stores', singular: 'store' },
      versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema }],
    },
  };
  await api.create(crds, undefined, definition, { signal });
  try {
    const store = `apiVersion: ${group}/v1\nkind: Store\nmetadata: { name: meho }\n---\n`;
    const first = 'apiVersion: v1\nkind: Service\n';
    await using copy = await copyChart([{ file: 'templates/service.yaml', from: first, to: `${store}${first}` }]);
    // Nobody has said anything of it yet: that is ready enough for Helm 4.
    await drive(environment, site, { chart: copy.chart, signal });
    const conditions = [{ type: 'Ready', status: 'False', reason: 'Sealed', message: 'the store is sealed' }];
    const status = JSON.stringify({ status: { conditions } });
    const patch = `kubectl -n ${site.namespace} patch store meho --subresource=status --type=merge -p '${status}'`;
    await byHand(environment, patch, signal);
    const failed = await installToFailure(environment, site, { chart: copy.chart, signal });
    expect(failed.causes).toMatchObject([
      {
        id: 'custom-resource-not-ready',
        object: 'Store meho',
        observed: 'Ready=False, Sealed: the store is sealed',
      },
    ]);
    expect(failed.afterMs).toBeLessThan(notReadyMs);
  } finally {
    await api.delete(crds, undefined, `stores.${group}`, { signal });
  }
});
