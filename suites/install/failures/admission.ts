import { type Resource, resourceQuotas } from '../../../harness/kube/resource.ts';
import { copyChart, describe, expect, installToFailure, needs, privilegedPods, test } from '../../../harness/test.ts';
import { installsOnceMended } from './mended.ts';

needs('our chart');

/** No pod is ever made: only an event on its owner says why. */
const refusedPodMs = 60_000;

const webhooks: Resource<object> = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

describe.concurrent('a pod that the API server refuses', () => {
  test('for a quota that is too small', async ({ environment, newSite, signal }) => {
    const site = await newSite('quota');
    const { api } = environment;
    const quota = { metadata: { name: 'too-small' }, spec: { hard: { 'requests.memory': '100Mi' } } };
    await api.create(resourceQuotas, site.namespace, quota, { signal });
    const failed = await installToFailure(environment, site, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'quota-exceeded',
      object: 'Job meho-migrate',
      observed: expect.stringContaining('too-small'),
    });
    await installsOnceMended(environment, site, signal, () =>
      api.delete(resourceQuotas, site.namespace, 'too-small', { signal }),
    );
    expect(failed.afterMs).toBeLessThan(refusedPodMs);
  });

  test('for the namespace’s PodSecurity level', async ({ environment, newSite, signal }) => {
    const site = await newSite('pod-security');
    await using privileged = await copyChart(privilegedPods);
    const failed = await installToFailure(environment, site, { chart: privileged.chart, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'pod-security-refused',
      observed: expect.stringContaining('allowPrivilegeEscalation'),
    });
    await installsOnceMended(environment, site, signal);
    expect(failed.afterMs).toBeLessThan(refusedPodMs);
  });

  test('because an admission webhook is down', async ({ environment, newSite, signal, skip }) => {
    skip(!environment.cluster.capabilities.disposable, 'it configures the API server of a cluster that is not ours');
    const site = await newSite('webhook');
    const { api, request } = environment;
    const name = `${site.namespace}-down`;
    await using stack = new AsyncDisposableStack();
    stack.defer(() => api.delete(webhooks, undefined, name));
    await api.create(
      webhooks,
      undefined,
      {
        metadata: { name, labels: request.labels },
        webhooks: [
          {
            name: 'down.meho.example.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            failurePolicy: 'Fail',
            timeoutSeconds: 1,
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': site.namespace } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
            clientConfig: { service: { namespace: site.namespace, name: 'nobody', path: '/' } },
          },
        ],
      },
      { signal },
    );
    const failed = await installToFailure(environment, site, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'admission-webhook-down',
      observed: expect.stringContaining('down.meho.example.com'),
    });
    await installsOnceMended(environment, site, signal, () => stack.disposeAsync());
    expect(failed.afterMs).toBeLessThan(refusedPodMs);
  });
});
