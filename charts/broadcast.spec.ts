import type { V1ConfigMap, V1Deployment, V1Service } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { render } from './testing/chart.ts';
import { environmentOf, podsOf } from './testing/pods.ts';
import { MINIMAL_VALUES, type Values, withValue } from './testing/values.ts';

describe('the broadcast', () => {
  it('is one Valkey without disk or password', async () => {
    const chart = await render();
    const { spec } = chart.get<V1Deployment>('Deployment', 'meho-broadcast');
    const container = spec?.template.spec?.containers[0];
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(container?.image).toBe('valkey/valkey:9.0-alpine');
    expect(container?.command).toEqual(['valkey-server', '/etc/valkey/valkey.conf']);
    expect(container?.readinessProbe?.tcpSocket).toEqual({ port: 'redis' });
    expect(container?.livenessProbe?.tcpSocket).toEqual({ port: 'redis' });
    expect(spec?.template.spec?.volumes).toContainEqual({ name: 'config', configMap: { name: 'meho-broadcast' } });
    expect(container?.volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/valkey', readOnly: true });
    expect(spec?.template.spec?.volumes).toContainEqual({ name: 'data', emptyDir: {} });
    expect(container?.volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
    const lines = chart.get<V1ConfigMap>('ConfigMap', 'meho-broadcast').data?.['valkey.conf']?.split('\n');
    // A server without password in protected mode, the default, answers only its own pod.
    expect(lines).toEqual(
      expect.arrayContaining([
        'bind * -::*',
        'port 6379',
        'protected-mode no',
        'save ""',
        'appendonly no',
        'dir /data',
      ]),
    );
    expect(lines?.filter((line) => /requirepass|aclfile/.test(line))).toEqual([]);
  });

  it('has one port everywhere: listener, Service, URL', async () => {
    const chart = await render(withValue(MINIMAL_VALUES, '/broadcast/service/port', 7000));
    expect(chart.get<V1Service>('Service', 'meho-broadcast').spec?.ports).toEqual([
      { name: 'redis', port: 7000, targetPort: 'redis', protocol: 'TCP' },
    ]);
    expect(podsOf(chart).broadcast.container.ports?.[0]?.containerPort).toBe(7000);
    expect(chart.get<V1ConfigMap>('ConfigMap', 'meho-broadcast').data?.['valkey.conf']).toContain('\nport 7000\n');
    expect(environmentOf(podsOf(chart).backplane.container, 'BROADCAST_REDIS_URL')).toBe(
      'redis://meho-broadcast:7000/0',
    );
  });

  it.each([
    ['256Mi', 201_326_592],
    ['262144Ki', 201_326_592],
    ['268435456', 201_326_592],
    [268_435_456, 201_326_592],
    ['0.25Gi', 201_326_592],
    ['268M', 201_000_000],
    ['268000k', 201_000_000],
    ['1e9', 750_000_000],
    ['1G', 750_000_000],
    ['1T', 750_000_000_000],
    ['1Ti', 824_633_720_832],
    // Nobody's limits: said in no way that Valkey could be told.
    ['1Pi', undefined],
    ['268000000000m', undefined],
    [null, undefined],
  ])('keeps its streams under a limit of %s, at which the kernel would kill it', async (limit, maxmemory) => {
    const chart = await render(withValue(MINIMAL_VALUES, '/broadcast/resources/limits/memory', limit));
    const settings = chart.get<V1ConfigMap>('ConfigMap', 'meho-broadcast').data?.['valkey.conf'];
    const said = /^maxmemory (\d+)$/m.exec(settings ?? '')?.[1];
    expect(said).toBe(maxmemory === undefined ? undefined : String(maxmemory));
    expect(/^maxmemory-policy/m.test(settings ?? '')).toBe(maxmemory !== undefined);
  });

  it('has new pods when its settings change, and only then', async () => {
    const checksum = async (values: Values) =>
      (await render(values)).get<V1Deployment>('Deployment', 'meho-broadcast').spec?.template.metadata?.annotations?.[
        'checksum/config'
      ];
    const before = await checksum(MINIMAL_VALUES);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await checksum(withValue(MINIMAL_VALUES, '/replicaCount', 2))).toBe(before);
    expect(await checksum(withValue(MINIMAL_VALUES, '/broadcast/service/port', 7000))).not.toBe(before);
  });

  it('can be turned off with whatever was set of its image: its own defaults are not there then', async () => {
    const image = { repository: 'registry.example.com/valkey', tag: '9.0.1' };
    const chart = await render({ ...MINIMAL_VALUES, broadcast: { enabled: false, image } });
    expect(chart.names.filter((name) => name.includes('broadcast'))).toEqual([]);
  });
});
