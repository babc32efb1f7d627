import type { V1ConfigMap, V1Deployment, V1Job, V1Service } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { render } from './testing/chart.ts';
import { environmentOf, podsOf } from './testing/pods.ts';
import { MINIMAL_VALUES, type Values, withValue } from './testing/values.ts';

describe('the backplane', () => {
  it('is probed with the documented timings, always', async () => {
    const { container } = podsOf(await render()).backplane;
    expect(container.livenessProbe).toEqual({
      httpGet: { path: '/healthz', port: 'http' },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      timeoutSeconds: 1,
      failureThreshold: 3,
    });
    expect(container.readinessProbe).toEqual({
      httpGet: { path: '/ready', port: 'http' },
      initialDelaySeconds: 5,
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 3,
    });
  });

  it.each(['liveness', 'readiness'] as const)('is probed as the operator says: %s', async (name) => {
    const probe = {
      httpGet: { path: '/x', port: 8000 },
      initialDelaySeconds: 0,
      periodSeconds: 7,
      timeoutSeconds: 8,
      failureThreshold: 9,
    };
    const { container } = podsOf(await render(withValue(MINIMAL_VALUES, `/probes/${name}`, probe))).backplane;
    expect(container[`${name}Probe`]).toEqual(probe);
  });

  it('listens on 8000 and is served by name', async () => {
    const chart = await render(withValue(MINIMAL_VALUES, '/service', { type: 'NodePort', port: 80 }));
    const { spec } = chart.get<V1Service>('Service', 'meho');
    expect(podsOf(chart).backplane.container.ports).toEqual([{ name: 'http', containerPort: 8000, protocol: 'TCP' }]);
    expect(spec?.type).toBe('NodePort');
    expect(spec?.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }]);
  });

  it('has as many replicas as asked for; null leaves the number to whoever owns it', async () => {
    const replicas = async (values: Values) => (await render(values)).get<V1Deployment>('Deployment', 'meho').spec;
    expect(await replicas(MINIMAL_VALUES)).toMatchObject({ replicas: 1 });
    expect(await replicas(withValue(MINIMAL_VALUES, '/replicaCount', 3))).toMatchObject({ replicas: 3 });
    expect(await replicas(withValue(MINIMAL_VALUES, '/replicaCount', null))).not.toHaveProperty('replicas');
  });

  it('gets its settings from the ConfigMap and its database from the Secret', async () => {
    const { container } = podsOf(await render()).backplane;
    expect(container.envFrom).toEqual([{ configMapRef: { name: 'meho' } }]);
    expect(container.env?.[0]).toEqual({
      name: 'DATABASE_URL',
      valueFrom: { secretKeyRef: { name: 'meho-postgres', key: 'url' } },
    });
    expect(environmentOf(container, 'CHART_VERSION')).toBe('0.1.0');
    expect(environmentOf(container, 'BROADCAST_REDIS_URL')).toBe('redis://meho-broadcast:6379/0');
  });

  it('has new pods when its settings change, and only then', async () => {
    const checksum = async (values: Values) =>
      (await render(values)).get<V1Deployment>('Deployment', 'meho').spec?.template.metadata?.annotations?.[
        'checksum/config'
      ];
    const before = await checksum(MINIMAL_VALUES);
    expect(await checksum(withValue(MINIMAL_VALUES, '/replicaCount', 2))).toBe(before);
    expect(await checksum(withValue(MINIMAL_VALUES, '/config/databasePoolSize', 20))).not.toBe(before);
  });

  it.each([
    ['meho', {}],
    ['lab', { name: 'lab' }],
  ])('runs as the account that is made for it: %s', async (name, account) => {
    const annotations = { 'example.com/role': 'meho' };
    const chart = await render(withValue(MINIMAL_VALUES, '/serviceAccount', { ...account, annotations }));
    expect(podsOf(chart).backplane.serviceAccountName).toBe(name);
    expect(chart.get('ServiceAccount', name).metadata?.annotations).toEqual(annotations);
  });

  it('is selected apart from the migration’s pods', async () => {
    const chart = await render();
    const job = chart.get<V1Job>('Job', 'meho-migrate').spec?.template.metadata?.labels;
    const selectors = [
      chart.get<V1Deployment>('Deployment', 'meho').spec?.selector.matchLabels,
      chart.get<V1Service>('Service', 'meho').spec?.selector,
    ];
    for (const selector of selectors) {
      expect(selector).toMatchObject({ 'app.kubernetes.io/name': 'meho', 'app.kubernetes.io/instance': 'meho' });
      expect(job).not.toMatchObject(selector ?? {});
    }
  });

  it('has the documented settings', async () => {
    const { data } = (await render()).get<V1ConfigMap>('ConfigMap', 'meho');
    expect(data).toEqual({
      KEYCLOAK_ISSUER_URL: 'https://keycloak.test/realms/meho',
      KEYCLOAK_AUDIENCE: 'meho-backplane',
      KEYCLOAK_JWKS_CACHE_TTL_SECONDS: '300',
      KEYCLOAK_JWT_LEEWAY_SECONDS: '30',
      VAULT_ADDR: 'https://vault.test',
      VAULT_OIDC_ROLE: 'meho-mcp',
      VAULT_OIDC_MOUNT_PATH: 'jwt',
      VAULT_TIMEOUT_SECONDS: '10',
      DATABASE_POOL_SIZE: '10',
      DATABASE_POOL_TIMEOUT: '30',
      FORWARDED_ALLOW_IPS: '127.0.0.1',
      BACKPLANE_URL: 'https://meho.test',
      MCP_RESOURCE_URI: 'https://meho.test/mcp',
      AUDIT_POSTGRES_ONLY: 'true',
    });
  });

  it('writes large numbers as digits', async () => {
    const values = withValue(MINIMAL_VALUES, '/config/keycloakJwksCacheTtlSeconds', 31536000);
    const { data } = (await render(values)).get<V1ConfigMap>('ConfigMap', 'meho');
    expect(data?.['KEYCLOAK_JWKS_CACHE_TTL_SECONDS']).toBe('31536000');
  });
});
