import { applyRelease, copyChart, expect, installToFailure, needs, runAsOperator, test } from '@meho/harness/test';
import { helmVersion, majorOf } from '@meho/helm/program';
import type { Resource } from '@meho/kube/api/resource';

needs('our chart');

/** Helm 4 waits for it until its own timeout. */
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
  const target = await newSite('custom-resource');
  const { api } = environment;
  const group = `${target.namespace}.example.com`;
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
    // Without conditions it counts as ready for Helm 4.
    await applyRelease(environment, target, { chart: copy.chart, signal });
    const conditions = [{ type: 'Ready', status: 'False', reason: 'Sealed', message: 'the store is sealed' }];
    const status = JSON.stringify({ status: { conditions } });
    const patch = `kubectl -n ${target.namespace} patch store meho --subresource=status --type=merge -p '${status}'`;
    await runAsOperator(environment, target, patch, signal);
    const failed = await installToFailure(environment, target, { chart: copy.chart, signal });
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
