import path from 'node:path';
import { POD_CASES } from '@meho/charts/testing/pod-cases';
import { restrictedRefusals, SERVERS } from '@meho/charts/testing/restricted';
import {
  copyChart,
  describe,
  type Environment,
  expect,
  type InstallTarget,
  needs,
  ownChart,
  privilegedPods,
  test,
} from '@meho/harness/test';
import { admit, podRefusals, serverMinor } from '@meho/helm/admission';
import { renderChart } from '@meho/helm/render';

needs('our chart');

const overlays = ['k3s', 'rke2', 'rdc-example'] as const;

const variants = {
  'as it is': {},
  'broadcast off': { broadcast: { enabled: false } },
  'ingress off': { ingress: { enabled: false }, config: { backplaneUrl: 'https://meho.example.com' } },
  'TLS off': { ingress: { tls: { enabled: false } } },
  'networkPolicy off': { networkPolicy: { enabled: false } },
  'three replicas': { replicaCount: 3 },
  'an operator’s own account': { serviceAccount: { create: false, name: 'operators' } },
  'trust bundle from a Secret': { trustBundle: { configMapName: '', secretName: 'lab-ca' } },
} as const;

describe('the API server takes every object of the chart, and the pods it makes under `restricted`', () => {
  test.for(overlays)('with the overlay %s', async (overlay, { environment, newSite, signal }) => {
    const target = await newSite(`admit-${overlay}`);
    await ask(environment, target, { overlay, values: {}, signal });
  });

  test('in each variant', async ({ environment, newSite, signal }) => {
    const target = await newSite('admit-variants');
    for (const [variant, values] of Object.entries(variants)) {
      await ask(environment, target, { overlay: 'k3s', values, signal }).catch((error: unknown) => {
        throw new Error(`variant ${variant}`, { cause: error });
      });
    }
  });

  test('and refuses pods that may gain privileges', async ({ environment, newSite, signal }) => {
    const target = await newSite('admit-privileged');
    await using privileged = await copyChart(privilegedPods);
    const asked = ask(environment, target, { overlay: 'k3s', values: {}, chart: privileged.chart, signal });
    await expect(asked).rejects.toThrow(/violates PodSecurity[\s\S]*allowPrivilegeEscalation/);
  });
});

describe('the API server says of pods under `restricted`', () => {
  test('what the chart’s tests take for its word', async ({ environment, newSite, signal, skip }) => {
    const { kubectl, kubeconfigFile } = environment;
    const { namespace } = await newSite('admit-pods');
    const target = { kubectl, kubeconfigFile, namespace, signal };
    const server = await serverMinor(target);
    skip(!SERVERS.includes(server), `the API server is ${server}; known are ${SERVERS.join(', ')}`);
    const expected = await restrictedRefusals(POD_CASES.map(({ pod }) => pod));
    const said = await podRefusals(
      POD_CASES.map(({ pod }) => pod),
      target,
    );
    expect(said.map((refusal, index) => [POD_CASES[index]?.what, refusal])).toEqual(
      expected.map((refusals, index) => [POD_CASES[index]?.what, refusals[server]]),
    );
  });
});

async function ask(
  { helm, kubectl, kubeconfigFile, request }: Environment,
  { namespace, values: own }: InstallTarget,
  {
    overlay,
    values,
    chart = ownChart,
    signal,
  }: {
    readonly overlay: string;
    readonly values: Readonly<Record<string, Readonly<Record<string, unknown>> | number>>;
    readonly chart?: string;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const objects = await renderChart({
    helm,
    chart,
    release: request.subject.release,
    namespace,
    valuesFiles: [path.join(ownChart, '..', 'values', `${overlay}.yaml`)],
    values: Object.fromEntries(
      [...new Set([...Object.keys(own), ...Object.keys(values)])].map((key) => [
        key,
        mergeObjects(own[key], values[key]),
      ]),
    ),
    signal,
  });
  await admit(objects, { kubectl, kubeconfigFile, namespace, signal });
}

function mergeObjects(base: unknown, more: unknown): unknown {
  return typeof base === 'object' && typeof more === 'object' ? { ...base, ...more } : (more ?? base);
}
