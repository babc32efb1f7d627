import type { KubernetesObject, V1ConfigMap, V1Ingress, V1NetworkPolicy } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { refusedPaths, render } from './testing/chart.ts';
import { MINIMAL_VALUES, type Values, withValue } from './testing/values.ts';

const EVERYTHING = [
  'ConfigMap/meho',
  'ConfigMap/meho-broadcast',
  'ConfigMap/meho-migrate',
  'Deployment/meho',
  'Deployment/meho-broadcast',
  'Ingress/meho',
  'Job/meho-migrate',
  'NetworkPolicy/meho',
  'NetworkPolicy/meho-broadcast',
  'NetworkPolicy/meho-migrate',
  'Service/meho',
  'Service/meho-broadcast',
  'ServiceAccount/meho',
  'ServiceAccount/meho-migrate',
];
const without = (...gone: RegExp[]) => EVERYTHING.filter((name) => !gone.some((pattern) => pattern.test(name)));
const off = (part: string) => withValue(MINIMAL_VALUES, `/${part}/enabled`, false);

describe('a render', () => {
  it('is these objects and no others', async () => {
    expect((await render()).names).toEqual(EVERYTHING);
  });

  it('is the same for an upgrade: helm upgrades a release whose first install failed', async () => {
    expect((await render(MINIMAL_VALUES, { upgrade: true })).objects).toEqual((await render()).objects);
  });
});

describe('without the broadcast', () => {
  it('nothing of it is left: no object, no egress, no URL', async () => {
    const chart = await render(off('broadcast'));
    expect(chart.names).toEqual(without(/broadcast/));
    const ports = chart.get<V1NetworkPolicy>('NetworkPolicy', 'meho').spec?.egress?.flatMap(({ ports }) => ports ?? []);
    expect(ports?.map(({ port }) => port)).toEqual([53, 5432, 8200, 443]);
    expect(JSON.stringify(chart.get('Deployment', 'meho'))).not.toContain('BROADCAST_REDIS_URL');
  });
});

describe('without the ingress', () => {
  it('needs no host and has no public URL', async () => {
    const values = withValue(withValue(off('ingress'), '/ingress/host', ''), '/ingress/tls/secretName', '');
    const chart = await render(values);
    expect(chart.names).toEqual(without(/^Ingress/));
    const { data } = chart.get<V1ConfigMap>('ConfigMap', 'meho');
    expect(data).not.toHaveProperty('BACKPLANE_URL');
    expect(data).not.toHaveProperty('MCP_RESOURCE_URI');
  });

  it('has the public URL that the operator gives', async () => {
    const values = withValue(off('ingress'), '/config/backplaneUrl', 'https://gateway.test/meho/');
    expect((await render(values)).get<V1ConfigMap>('ConfigMap', 'meho').data).toMatchObject({
      BACKPLANE_URL: 'https://gateway.test/meho/',
      MCP_RESOURCE_URI: 'https://gateway.test/meho/mcp',
    });
  });
});

describe('the ingress', () => {
  const ingress = async (values: Values = MINIMAL_VALUES) => (await render(values)).get<V1Ingress>('Ingress', 'meho');

  it('is TLS to the Service, in the cluster’s default class', async () => {
    const { metadata, spec } = await ingress();
    const backend = { service: { name: 'meho', port: { name: 'http' } } };
    expect(metadata?.annotations).toBeUndefined();
    expect(spec).toEqual({
      tls: [{ hosts: ['meho.test'], secretName: 'meho-tls' }],
      rules: [{ host: 'meho.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    });
  });

  it('takes class, annotations and the issuer of its certificate', async () => {
    const { metadata, spec } = await ingress({
      ...MINIMAL_VALUES,
      ingress: {
        host: 'meho.test',
        className: 'nginx',
        annotations: { 'example.com/a': 'b' },
        tls: { secretName: 'meho-tls' },
        certManager: { clusterIssuer: 'lab' },
      },
    });
    expect(spec?.ingressClassName).toBe('nginx');
    expect(metadata?.annotations).toEqual({ 'example.com/a': 'b', 'cert-manager.io/cluster-issuer': 'lab' });
  });

  it('lets the operator’s annotation win over the one that is made of a value', async () => {
    const { metadata } = await ingress(
      withValue(MINIMAL_VALUES, '/ingress', {
        host: 'meho.test',
        tls: { secretName: 'meho-tls' },
        certManager: { issuer: 'lab' },
        annotations: { 'cert-manager.io/issuer': 'mine' },
      }),
    );
    expect(metadata?.annotations).toEqual({ 'cert-manager.io/issuer': 'mine' });
  });

  it('without TLS needs no Secret, asks nobody for a certificate, and the public URL is http', async () => {
    const values = {
      ...MINIMAL_VALUES,
      ingress: { host: 'meho.test', tls: { enabled: false }, certManager: { issuer: 'lab' } },
    };
    const { metadata, spec } = await ingress(values);
    expect(spec?.tls).toBeUndefined();
    expect(metadata?.annotations).toBeUndefined();
    expect((await render(values)).get<V1ConfigMap>('ConfigMap', 'meho').data).toMatchObject({
      BACKPLANE_URL: 'http://meho.test',
      MCP_RESOURCE_URI: 'http://meho.test/mcp',
    });
  });

  it('gives way to a public URL and an MCP audience of the operator’s', async () => {
    const config = { backplaneUrl: 'https://public.test', mcpResourceUri: 'https://public.test/v2/mcp' };
    const values = Object.entries(config).reduce<Values>(
      (all, [key, value]) => withValue(all, `/config/${key}`, value),
      MINIMAL_VALUES,
    );
    expect((await render(values)).get<V1ConfigMap>('ConfigMap', 'meho').data).toMatchObject({
      BACKPLANE_URL: 'https://public.test',
      MCP_RESOURCE_URI: 'https://public.test/v2/mcp',
    });
  });
});

describe('without the network policy', () => {
  it('needs no CIDRs and renders no policy, not even the hook’s', async () => {
    const { networkPolicy: _gone, ...values } = MINIMAL_VALUES;
    const chart = await render({ ...values, networkPolicy: { enabled: false } });
    expect(chart.names).toEqual(without(/^NetworkPolicy/));
  });
});

describe('External Secrets', () => {
  const enabled: Values = {
    ...MINIMAL_VALUES,
    eso: { enabled: true, secretStore: { name: 'vault', kind: 'ClusterSecretStore' } },
  };

  it('are rendered only when asked for', async () => {
    expect(JSON.stringify((await render()).objects)).not.toContain('ExternalSecret');
  });

  it('need a store', async () => {
    expect(await refusedPaths(withValue(MINIMAL_VALUES, '/eso/enabled', true))).toEqual([
      '/eso/secretStore/kind',
      '/eso/secretStore/name',
    ]);
  });

  it('make the Secret that the backplane reads, and one that is there before the migration', async () => {
    const chart = await render(enabled);
    const spec = (name: string) => chart.get<KubernetesObject & { spec: unknown }>('ExternalSecret', name).spec;
    const expected = (target: string) => ({
      refreshInterval: '1h',
      secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
      target: { name: target, creationPolicy: 'Owner' },
      data: [{ secretKey: 'url', remoteRef: { key: 'secret/meho/postgres', property: 'url' } }],
    });
    expect(chart.names.filter((name) => name.startsWith('ExternalSecret'))).toHaveLength(2);
    expect(spec('meho-postgres')).toEqual(expected('meho-postgres'));
    expect(spec('meho-migrate')).toEqual(expected('meho-migrate'));
  });
});

describe('further settings', () => {
  it('name connectors only where there are some', async () => {
    expect((await render()).get<V1ConfigMap>('ConfigMap', 'meho').data).not.toHaveProperty('CONNECTORS_ENABLED');
    const chart = await render(withValue(MINIMAL_VALUES, '/connectors/enabled', ['kubernetes', 'vault']));
    expect(chart.get<V1ConfigMap>('ConfigMap', 'meho').data?.['CONNECTORS_ENABLED']).toBe('kubernetes,vault');
  });

  it('say whether audit rows go to Postgres alone', async () => {
    const chart = await render(withValue(MINIMAL_VALUES, '/audit/postgresOnly', false));
    expect(chart.get<V1ConfigMap>('ConfigMap', 'meho').data?.['AUDIT_POSTGRES_ONLY']).toBe('false');
  });

  it('reach the backplane and the migration by name', async () => {
    const chart = await render(withValue(MINIMAL_VALUES, '/config/extraEnv', { LOG_LEVEL: 'debug' }));
    for (const name of ['meho', 'meho-migrate']) {
      expect(chart.get<V1ConfigMap>('ConfigMap', name).data?.['LOG_LEVEL']).toBe('debug');
    }
  });
});
