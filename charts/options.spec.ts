import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Deployment, V1Job, V1PodDisruptionBudget, V1PodSpec, V1Service } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { CHART, refusedPaths, render } from './testing/chart.ts';
import { environmentOf, podsOf } from './testing/pods.ts';
import { MINIMAL_VALUES, type Values, withValue } from './testing/values.ts';

const having = (changes: Readonly<Record<string, unknown>>): Values =>
  Object.entries(changes).reduce<Values>((all, [path, value]) => withValue(all, path, value), MINIMAL_VALUES);

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a digest', () => {
  it('pins what the tag names, in backplane and migration, and in the broadcast its own', async () => {
    const pods = podsOf(await render(having({ '/image/digest': digest, '/broadcast/image/digest': digest })));
    expect(pods.backplane.container.image).toBe(`ghcr.io/evoila/meho:test@${digest}`);
    expect(pods.migrate.container.image).toBe(`ghcr.io/evoila/meho:test@${digest}`);
    expect(pods.broadcast.container.image).toBe(`valkey/valkey:9.0-alpine@${digest}`);
  });

  it('does not stand for the tag, and is a digest', async () => {
    expect(await refusedPaths(having({ '/image/digest': digest, '/image/tag': '' }))).toEqual(['/image/tag']);
    expect(await refusedPaths(having({ '/image/digest': 'sha256:0123' }))).toEqual(['/image/digest']);
  });
});

describe('where pods may run', () => {
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
    },
  };
  const podAntiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
  };
  const place = {
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'dedicated', operator: 'Exists' }],
    priorityClassName: 'high',
  };

  it('is said of backplane and migration alike, but for what is about replicas beside each other', async () => {
    const affinity = { nodeAffinity, podAntiAffinity };
    const spread = { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' };
    const values = { ...MINIMAL_VALUES, ...place, affinity, topologySpreadConstraints: [spread] };
    const chart = await render(values);
    const { backplane, migrate, broadcast } = podsOf(chart);
    expect(backplane).toMatchObject({ ...place, affinity });
    expect(migrate).toMatchObject(place);
    expect(migrate.affinity).toEqual({ nodeAffinity });
    expect(migrate).not.toHaveProperty('topologySpreadConstraints');
    const { matchLabels } = chart.get<V1Deployment>('Deployment', 'meho').spec?.selector ?? {};
    expect(backplane.topologySpreadConstraints).toEqual([{ ...spread, labelSelector: { matchLabels } }]);
    for (const key of ['nodeSelector', 'tolerations', 'priorityClassName', 'affinity']) {
      expect(broadcast).not.toHaveProperty(key);
    }
  });

  it('keeps the operator’s own selector of a spread', async () => {
    const spread = {
      maxSkew: 2,
      topologyKey: 'a',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { x: 'y' } },
    };
    const { backplane } = podsOf(await render({ ...MINIMAL_VALUES, topologySpreadConstraints: [spread] }));
    expect(backplane.topologySpreadConstraints).toEqual([spread]);
  });

  it('is said of the broadcast by its own keys', async () => {
    const { broadcast, backplane } = podsOf(
      await render(having({ '/broadcast': { ...place, affinity: { nodeAffinity } } })),
    );
    expect(broadcast).toMatchObject({ ...place, affinity: { nodeAffinity } });
    expect(backplane).not.toHaveProperty('nodeSelector');
  });
});

describe('labels and annotations', () => {
  it('reach every object and pod, and never a selector', async () => {
    const team = { team: 'platform' };
    const chart = await render(
      having({ '/commonLabels': team, '/podLabels': { tier: 'web' }, '/broadcast/commonLabels': team }),
    );
    const plain = await render();
    for (const { kind, metadata } of chart.objects) {
      expect(metadata?.labels, `${kind}/${metadata?.name}`).toMatchObject(team);
    }
    for (const { metadata } of chart.templates) {
      expect(metadata?.labels).toMatchObject(team);
    }
    for (const name of ['meho', 'meho-broadcast']) {
      const selectorOf = (from: typeof chart) => [
        from.get<V1Deployment>('Deployment', name).spec?.selector,
        from.get<V1Service>('Service', name).spec?.selector,
      ];
      expect(selectorOf(chart)).toEqual(selectorOf(plain));
    }
    const labels = chart.get<V1Job>('Job', 'meho-migrate').spec?.template.metadata?.labels;
    expect(labels).toMatchObject({ ...team, tier: 'web' });
  });

  it('of a pod are its own, also where that is an empty text', async () => {
    const chart = await render(
      having({
        '/commonLabels': { tier: 'web' },
        '/podLabels': { tier: '' },
        '/broadcast/commonLabels': { tier: 'web' },
        '/broadcast/podLabels': { tier: '' },
        '/podAnnotations': { sidecar: 'true' },
        '/migrationJob/podAnnotations': { sidecar: '' },
      }),
    );
    for (const name of ['meho', 'meho-broadcast']) {
      expect(chart.get<V1Deployment>('Deployment', name).spec?.template.metadata?.labels).toMatchObject({ tier: '' });
    }
    const job = chart.get<V1Job>('Job', 'meho-migrate');
    expect(job.spec?.template.metadata?.annotations).toMatchObject({ sidecar: '' });
  });

  it.each(['/commonLabels', '/podLabels', '/broadcast/commonLabels', '/broadcast/podLabels'])(
    'may not be the chart’s own: %s',
    async (pointer) => {
      const own = { 'app.kubernetes.io/name': 'x', 'app.kubernetes.io/component': 'x', 'helm.sh/chart': 'x' };
      const paths = await refusedPaths(withValue(MINIMAL_VALUES, pointer, own));
      for (const key of Object.keys(own)) {
        expect(paths.join(' ')).toContain(key.replaceAll('/', '~1'));
      }
    },
  );

  it('are of pods, of the Deployment and of the Service, as asked', async () => {
    const chart = await render(
      having({
        '/podAnnotations': { a: '1', b: '1' },
        '/migrationJob/podAnnotations': { b: '2' },
        '/deploymentAnnotations': { c: '3' },
        '/service/annotations': { d: '4' },
        '/broadcast/podAnnotations': { e: '5' },
      }),
    );
    const { metadata, spec } = chart.get<V1Deployment>('Deployment', 'meho');
    expect(spec?.template.metadata?.annotations).toEqual({ a: '1', b: '1', 'checksum/config': expect.any(String) });
    expect(metadata?.annotations).toEqual({ c: '3' });
    const job = chart.get<V1Job>('Job', 'meho-migrate');
    expect(job.spec?.template.metadata?.annotations).toEqual({ a: '1', b: '2' });
    expect(chart.get('Service', 'meho').metadata?.annotations).toEqual({ d: '4' });
    const broadcast = chart.get<V1Deployment>('Deployment', 'meho-broadcast').spec?.template.metadata?.annotations;
    expect(broadcast).toEqual({ e: '5', 'checksum/config': expect.any(String) });
  });
});

describe('security contexts', () => {
  it('are what `restricted` asks for, field by field until the operator says another', async () => {
    const usual = podsOf(await render());
    const own = podsOf(
      await render(
        having({
          '/podSecurityContext': { runAsUser: null, fsGroup: 1000650000 },
          '/securityContext': { capabilities: { add: ['NET_BIND_SERVICE'] } },
          '/broadcast/podSecurityContext': { runAsUser: 1000650000 },
        }),
      ),
    );
    expect(usual.backplane.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const { runAsUser: _, ...rest } = usual.backplane.securityContext ?? {};
    for (const pod of [own.backplane, own.migrate]) {
      expect(pod.securityContext).toEqual({ ...rest, fsGroup: 1000650000 });
      expect(pod.container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
      });
    }
    expect(own.broadcast.securityContext).toEqual({ ...usual.broadcast.securityContext, runAsUser: 1000650000 });
  });
});

describe('further variables and volumes', () => {
  const extraEnv = [
    { name: 'SENTRY_DSN', valueFrom: { secretKeyRef: { name: 'sentry', key: 'dsn' } } },
    { name: 'log.level', value: 'debug' },
  ];
  const extraVolumes = [
    { name: 'extra', projected: { sources: [{ secret: { name: 'a' } }, { configMap: { name: 'b' } }] } },
  ];
  const extraVolumeMounts = [{ name: 'extra', mountPath: '/etc/extra', readOnly: true }];

  it('reach backplane and migration, beside the chart’s own', async () => {
    const plain = podsOf(await render());
    const pods = podsOf(await render({ ...MINIMAL_VALUES, extraEnv, extraVolumes, extraVolumeMounts }));
    for (const name of ['backplane', 'migrate'] as const) {
      const { container, volumes } = pods[name];
      expect(container.env).toEqual([...(plain[name].container.env ?? []), ...extraEnv]);
      expect(volumes).toEqual([...(plain[name].volumes ?? []), ...extraVolumes]);
      expect(container.volumeMounts).toEqual([...(plain[name].container.volumeMounts ?? []), ...extraVolumeMounts]);
    }
    expect(pods.broadcast).toEqual(plain.broadcast);
  });

  it('win over the trust bundle’s variables instead of standing twice', async () => {
    const values = having({
      '/trustBundle/configMapName': 'lab-ca',
      '/extraEnv': [{ name: 'SSL_CERT_FILE', value: '/etc/other.pem' }],
    });
    for (const { container } of Object.values(podsOf(await render(values))).slice(0, 2)) {
      expect(container.env?.filter(({ name }) => name === 'SSL_CERT_FILE')).toHaveLength(1);
      expect(environmentOf(container, 'SSL_CERT_FILE')).toBe('/etc/other.pem');
      expect(environmentOf(container, 'REQUESTS_CA_BUNDLE')).toBe('/etc/meho/trust/ca.crt');
    }
  });

  it.each([
    ['a variable that the chart sets', '/extraEnv', [{ name: 'DATABASE_URL', value: 'x' }], '/extraEnv/0/name'],
    ['the bundled broadcast’s URL', '/extraEnv', [{ name: 'BROADCAST_REDIS_URL', value: 'x' }], '/extraEnv/0/name'],
    [
      'two sources of one variable',
      '/extraEnv',
      [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'a' }, secretKeyRef: { name: 'a', key: 'a' } } }],
      '/extraEnv/0/valueFrom',
    ],
    ['the chart’s own volume', '/extraVolumes', [{ name: 'tmp', emptyDir: {} }], '/extraVolumes/0/name'],
    ['a volume of no kind', '/extraVolumes', [{ name: 'a' }], '/extraVolumes/0'],
    [
      'a volume of two kinds',
      '/extraVolumes',
      [{ name: 'a', emptyDir: {}, secret: { secretName: 'a' } }],
      '/extraVolumes/0',
    ],
    ['a kind that nobody knows', '/extraVolumes', [{ name: 'a', secrets: {} }], '/extraVolumes/0'],
  ])('may not be %s', async (_what, pointer, value, path) => {
    expect(await refusedPaths(withValue(MINIMAL_VALUES, pointer, value))).toEqual([path]);
  });
});

describe('a rollout', () => {
  it('keeps, replaces and ends as the operator says, and as Kubernetes does otherwise', async () => {
    const { spec } = (await render()).get<V1Deployment>('Deployment', 'meho');
    for (const key of ['revisionHistoryLimit', 'strategy']) {
      expect(spec).not.toHaveProperty(key);
    }
    const chart = await render(
      having({ '/revisionHistoryLimit': 0, '/strategy': { type: 'Recreate' }, '/terminationGracePeriodSeconds': 0 }),
    );
    const own = chart.get<V1Deployment>('Deployment', 'meho').spec;
    expect(own).toMatchObject({ revisionHistoryLimit: 0, strategy: { type: 'Recreate' } });
    expect(own?.template.spec?.terminationGracePeriodSeconds).toBe(0);
  });

  it('waits for a slow start only where a startup probe is asked for', async () => {
    expect(podsOf(await render()).backplane.container).not.toHaveProperty('startupProbe');
    const { container } = podsOf(
      await render(having({ '/probes/startup': { periodSeconds: 5, failureThreshold: 60 } })),
    ).backplane;
    expect(container.startupProbe).toEqual({
      httpGet: { path: '/healthz', port: 'http' },
      periodSeconds: 5,
      failureThreshold: 60,
    });
  });

  it.each([
    [{ enabled: true }, { maxUnavailable: 1 }],
    [{ enabled: true, maxUnavailable: '50%' }, { maxUnavailable: '50%' }],
    [{ enabled: true, minAvailable: 0 }, { minAvailable: 0 }],
    [
      { enabled: true, minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      { minAvailable: 2, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    ],
    [{ enabled: true, minAvailable: null, maxUnavailable: null }, { maxUnavailable: 1 }],
  ])('is spared by a PodDisruptionBudget: %j', async (podDisruptionBudget, expected) => {
    const chart = await render({ ...MINIMAL_VALUES, podDisruptionBudget });
    const { selector } = chart.get<V1Deployment>('Deployment', 'meho').spec ?? {};
    expect(chart.get<V1PodDisruptionBudget>('PodDisruptionBudget', 'meho').spec).toEqual({ ...expected, selector });
    expect((await render()).all('PodDisruptionBudget')).toEqual([]);
  });
});

describe('the migration', () => {
  it('may have resources of its own', async () => {
    const resources = { limits: { memory: '512Mi', 'ephemeral-storage': '1Gi' } };
    const { migrate, backplane } = podsOf(await render(having({ '/migrationJob/resources': resources })));
    expect(migrate.container.resources).toEqual(resources);
    expect(backplane.container.resources).toEqual(podsOf(await render()).backplane.container.resources);
  });
});

describe('names', () => {
  it('are looked up as the operator says, in backplane and migration', async () => {
    const lookup = {
      hostAliases: [{ ip: '10.0.0.7', hostnames: ['vault.lab'] }],
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.10'], options: [{ name: 'ndots', value: '2' }] },
    } satisfies Partial<V1PodSpec>;
    const { backplane, migrate } = podsOf(await render({ ...MINIMAL_VALUES, ...lookup }));
    expect(backplane).toMatchObject(lookup);
    expect(migrate).toMatchObject(lookup);
  });
});

describe('as a dependency of another chart', () => {
  it('is there or not by one condition', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'umbrella-'));
    try {
      await cp(CHART, join(folder, 'charts', 'meho-chart'), { recursive: true });
      const dependency = 'dependencies: [{name: meho-chart, version: 0.1.0, condition: meho-chart.enabled}]';
      await writeFile(join(folder, 'Chart.yaml'), `apiVersion: v2\nname: platform\nversion: 1.0.0\n${dependency}\n`);
      const of = async (enabled: boolean) =>
        (await render({ 'meho-chart': { ...MINIMAL_VALUES, enabled } }, { chart: folder })).names;
      expect(await of(true)).toEqual((await render()).names);
      expect(await of(false)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a network', () => {
  it.each([
    ['10.0.0.5/24', '10.0.0.0/24'],
    ['192.168.7.9/8', '192.0.0.0/8'],
    ['255.255.255.255/31', '255.255.255.254/31'],
    ['10.0.0.1/0', '0.0.0.0/0'],
  ])('with host bits is refused by its path, naming the network: %s', async (cidr, network) => {
    const values = having({ '/networkPolicy/postgresCIDR': cidr, '/networkPolicy/vaultCIDR': cidr });
    await expect(render(values)).rejects.toThrow(
      `the network is ${network}, the address alone ${cidr.replace(/\/.*/, '')}/32`,
    );
    expect(await refusedPaths(values)).toEqual(['/networkPolicy/postgresCIDR', '/networkPolicy/vaultCIDR']);
  });

  it('of one address, of all, and of none where there is no policy, is taken', async () => {
    expect(
      await refusedPaths(
        having({ '/networkPolicy/postgresCIDR': '10.0.0.5/32', '/networkPolicy/vaultCIDR': '0.0.0.0/0' }),
      ),
    ).toEqual([]);
    expect(await refusedPaths(having({ '/networkPolicy': { enabled: false, postgresCIDR: '10.0.0.5/24' } }))).toEqual(
      [],
    );
  });
});
