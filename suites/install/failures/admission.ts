import { copyChart, describe, expect, installToFailure, needs, privilegedPods, test } from '@meho/harness/test';
import { type Resource, resourceQuotas } from '@meho/kube/api/resource';
import { expectInstallAfterFix } from './install-after-fix.ts';

needs('our chart');

/** Only an event on the missing pod's owner explains why. */
const refusedPodMs = 60_000;

const webhooks: Resource<object> = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

describe.concurrent('a pod that the API server refuses', () => {
  test('for a quota that is too small', async ({ environment, newSite, signal }) => {
    const target = await newSite('quota');
    const { api } = environment;
    const quota = { metadata: { name: 'too-small' }, spec: { hard: { 'requests.memory': '100Mi' } } };
    await api.create(resourceQuotas, target.namespace, quota, { signal });
    const failed = await installToFailure(environment, target, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'quota-exceeded',
      object: 'Job meho-migrate',
      observed: expect.stringContaining('too-small'),
    });
    await expectInstallAfterFix(environment, target, signal, () =>
      api.delete(resourceQuotas, target.namespace, 'too-small', { signal }),
    );
    expect(failed.afterMs).toBeLessThan(refusedPodMs);
  });

  test('for the namespace’s PodSecurity level', async ({ environment, newSite, signal }) => {
    const target = await newSite('pod-security');
    await using privileged = await copyChart(privilegedPods);
    const failed = await installToFailure(environment, target, { chart: privileged.chart, signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'pod-security-refused',
      observed: expect.stringContaining('allowPrivilegeEscalation'),
    });
    await expectInstallAfterFix(environment, target, signal);
    expect(failed.afterMs).toBeLessThan(refusedPodMs);
  });

  test('because an admission webhook is down', async ({ environment, newSite, signal, skip }) => {
    skip(!environment.cluster.capabilities.disposable, 'it configures the API server of a cluster that is not ours');
    const target = await newSite('webhook');
    const { api, request } = environment;
    const name = `${target.namespace}-down`;
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
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': target.namespace } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
            clientConfig: { service: { namespace: target.namespace, name: 'nobody', path: '/' } },
          },
        ],
      },
      { signal },
    );
    const failed = await installToFailure(environment, target, { signal });
    expect(failed.causes[0]).toMatchObject({
      id: 'admission-webhook-down',
      observed: expect.stringContaining('down.meho.example.com'),
    });
    await expectInstallAfterFix(environment, target, signal, () => stack.disposeAsync());
    expect(failed.afterMs).toBeLessThan(refusedPodMs);
  });
});
