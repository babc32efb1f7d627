import type { V1Deployment, V1Job, V1NetworkPolicy, V1NetworkPolicyPort } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { type Rendered, render } from './testing/chart.ts';
import { MINIMAL_VALUES, withValue } from './testing/values.ts';

const tcp = (port: number): V1NetworkPolicyPort => ({ protocol: 'TCP', port });
const DNS = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [{ protocol: 'UDP', port: 53 }],
};
const POSTGRES = { to: [{ ipBlock: { cidr: '10.0.1.0/24' } }], ports: [tcp(5432)] };

function podLabels(chart: Rendered): Readonly<Record<'backplane' | 'migrate' | 'broadcast', Record<string, string>>> {
  const labels = (kind: string, name: string) =>
    chart.get<V1Deployment | V1Job>(kind, name).spec?.template.metadata?.labels ?? {};
  return {
    backplane: labels('Deployment', 'meho'),
    migrate: labels('Job', 'meho-migrate'),
    broadcast: labels('Deployment', 'meho-broadcast'),
  };
}

function selectedBy(chart: Rendered, policy: string): readonly string[] {
  const { matchLabels = {} } = chart.get<V1NetworkPolicy>('NetworkPolicy', policy).spec?.podSelector ?? {};
  return Object.entries(podLabels(chart))
    .filter(([, labels]) => Object.entries(matchLabels).every(([key, value]) => labels[key] === value))
    .map(([name]) => name);
}

describe('the backplane’s policy', () => {
  it('covers the backplane and its migration, nothing else', async () => {
    expect(selectedBy(await render(), 'meho')).toEqual(['backplane', 'migrate']);
  });

  it('lets in the ingress controller’s namespace, and out to what is named', async () => {
    const { spec } = (await render()).get<V1NetworkPolicy>('NetworkPolicy', 'meho');
    expect(spec?.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec?.ingress).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
        ports: [tcp(8000)],
      },
    ]);
    expect(spec?.egress).toEqual([
      DNS,
      POSTGRES,
      { to: [{ ipBlock: { cidr: '10.0.2.0/24' } }], ports: [tcp(8200)] },
      { to: [{ ipBlock: { cidr: '10.0.3.0/24' } }], ports: [tcp(443)] },
      {
        to: [
          {
            podSelector: {
              matchLabels: { 'app.kubernetes.io/name': 'broadcast', 'app.kubernetes.io/instance': 'meho' },
            },
          },
        ],
        ports: [tcp(6379)],
      },
    ]);
  });

  it('follows the ingress controller’s namespace and the broadcast’s port', async () => {
    const values = withValue(MINIMAL_VALUES, '/networkPolicy/ingressControllerNamespace', 'kube-system');
    const { spec } = (await render(withValue(values, '/broadcast/service/port', 7000))).get<V1NetworkPolicy>(
      'NetworkPolicy',
      'meho',
    );
    expect(spec?.ingress?.[0]).toMatchObject({
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
    });
    expect(spec?.egress?.at(-1)?.ports).toEqual([tcp(7000)]);
  });
});

describe('the migration’s policy', () => {
  it('covers the migration alone: DNS and the database out, nothing in', async () => {
    const chart = await render();
    expect(selectedBy(chart, 'meho-migrate')).toEqual(['migrate']);
    const { spec } = chart.get<V1NetworkPolicy>('NetworkPolicy', 'meho-migrate');
    expect(spec?.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec?.ingress).toBeUndefined();
    expect(spec?.egress).toEqual([DNS, POSTGRES]);
  });
});

describe('the broadcast’s policy', () => {
  it('lets the backplane in, and nobody out: it asks no password', async () => {
    const chart = await render();
    expect(selectedBy(chart, 'meho-broadcast')).toEqual(['broadcast']);
    const { spec } = chart.get<V1NetworkPolicy>('NetworkPolicy', 'meho-broadcast');
    expect(spec?.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec?.egress).toBeUndefined();
    expect(spec?.ingress).toEqual([
      {
        from: [
          {
            podSelector: {
              matchLabels: {
                'app.kubernetes.io/name': 'meho',
                'app.kubernetes.io/instance': 'meho',
                'app.kubernetes.io/component': 'backplane',
              },
            },
          },
        ],
        ports: [tcp(6379)],
      },
    ]);
    expect(podLabels(chart).backplane).toMatchObject({ 'app.kubernetes.io/component': 'backplane' });
  });
});
