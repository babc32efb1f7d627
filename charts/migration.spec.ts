import type {
  KubernetesObject,
  V1ConfigMap,
  V1Deployment,
  V1Job,
  V1NetworkPolicy,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { render } from './testing/chart.ts';
import { eventsOf, isHook, missingBefore, weightOf } from './testing/hooks.ts';
import { MINIMAL_VALUES, type Values, withValue } from './testing/values.ts';

/** The operator creates these (seed, "Migration Job"). */
const GIVEN = ['Secret/meho-postgres'];

async function renderMigration(values: Values = MINIMAL_VALUES) {
  const chart = await render(values);
  const job = chart.get<V1Job>('Job', 'meho-migrate');
  const pod = job.spec?.template.spec;
  const container = pod?.containers[0];
  if (pod === undefined || container === undefined) {
    throw new Error('the Job has no container');
  }
  return { chart, job, pod, container };
}

describe('the migration Job', () => {
  it('is a hook of install and upgrade that stays when it fails', async () => {
    const { job } = await renderMigration();
    expect(job.metadata?.annotations).toEqual({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-weight': '-10',
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    });
    expect(job.metadata?.labels).toMatchObject({
      'app.kubernetes.io/name': 'meho',
      'app.kubernetes.io/instance': 'meho',
      'app.kubernetes.io/component': 'migrate',
    });
  });

  it('migrates with the image that is about to roll out', async () => {
    const { chart, container } = await renderMigration();
    const backplane = chart.get<V1Deployment>('Deployment', 'meho').spec?.template.spec?.containers[0];
    expect(container.image).toBe('ghcr.io/evoila/meho:test');
    expect(container.image).toBe(backplane?.image);
    expect(container.command).toEqual(['python', '-m', 'meho_backplane.db.migrate']);
  });

  it('retries in place and is cleared away, by default', async () => {
    const { job, pod } = await renderMigration();
    expect(pod.restartPolicy).toBe('OnFailure');
    expect(job.spec).toMatchObject({ backoffLimit: 3, ttlSecondsAfterFinished: 600 });
  });

  it('retries and is cleared away as the operator says', async () => {
    const migrationJob = { backoffLimit: 0, ttlSecondsAfterFinished: 60, restartPolicy: 'Never' };
    const { job, pod } = await renderMigration({ ...MINIMAL_VALUES, migrationJob });
    expect(pod.restartPolicy).toBe('Never');
    expect(job.spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 60 });
  });

  it('has the backplane’s settings, security and secrets', async () => {
    const { chart, pod, container } = await renderMigration({
      ...MINIMAL_VALUES,
      imagePullSecrets: [{ name: 'mirror' }],
    });
    const backplane = chart.get<V1Deployment>('Deployment', 'meho').spec?.template.spec;
    expect(chart.get<V1ConfigMap>('ConfigMap', 'meho-migrate').data).toEqual(
      chart.get<V1ConfigMap>('ConfigMap', 'meho').data,
    );
    expect(container.envFrom).toEqual([{ configMapRef: { name: 'meho-migrate' } }]);
    expect(container.env).toEqual([
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'meho-postgres', key: 'url' } } },
    ]);
    expect(pod.imagePullSecrets).toEqual([{ name: 'mirror' }]);
    expect(pod.imagePullSecrets).toEqual(backplane?.imagePullSecrets);
    expect(pod.securityContext).toEqual(backplane?.securityContext);
    expect(pod.volumes).toEqual(backplane?.volumes);
    expect(container.securityContext).toEqual(backplane?.containers[0]?.securityContext);
    expect(container.volumeMounts).toEqual(backplane?.containers[0]?.volumeMounts);
    expect(container.resources).toEqual(backplane?.containers[0]?.resources);
  });
});

describe('a cold install', () => {
  const variants: Readonly<Record<string, { readonly values: Values; readonly given?: readonly string[] }>> = {
    defaults: { values: MINIMAL_VALUES },
    'an account of the operator’s': {
      values: { ...MINIMAL_VALUES, serviceAccount: { create: false, name: 'lab' } },
      given: ['ServiceAccount/lab'],
    },
    'the namespace’s own account': {
      values: { ...MINIMAL_VALUES, serviceAccount: { create: false } },
      given: ['ServiceAccount/default'],
    },
    'a named account': { values: { ...MINIMAL_VALUES, serviceAccount: { name: 'lab' } } },
    'a trust bundle': {
      values: { ...MINIMAL_VALUES, trustBundle: { configMapName: 'lab-ca' } },
      given: ['ConfigMap/lab-ca'],
    },
    'External Secrets': {
      values: { ...MINIMAL_VALUES, eso: { enabled: true, secretStore: { name: 'vault', kind: 'ClusterSecretStore' } } },
    },
  };

  it.each(Object.entries(variants))('finds all that the migration needs: %s', async (_name, { values, given }) => {
    const { chart, job } = await renderMigration(values);
    const isExternal = 'eso' in values;
    expect(missingBefore(job, chart.objects, [...(isExternal ? [] : GIVEN), ...(given ?? [])])).toEqual([]);
  });

  it('would be caught waiting for objects that come after the hook', async () => {
    const { chart, job } = await renderMigration();
    const asInTheSeed = structuredClone(job);
    const pod = asInTheSeed.spec?.template.spec;
    if (pod?.containers[0] !== undefined) {
      pod.serviceAccountName = 'meho';
      pod.containers[0].envFrom = [{ configMapRef: { name: 'meho' } }];
    }
    expect(missingBefore(asInTheSeed, chart.objects, GIVEN)).toEqual(['ServiceAccount/meho', 'ConfigMap/meho']);
    expect(missingBefore(job, chart.objects, [])).toEqual(GIVEN);
    const late = chart.objects.map((object) => withWeight(object, '0'));
    expect(missingBefore(job, late, GIVEN)).toEqual(['ServiceAccount/meho-migrate', 'ConfigMap/meho-migrate']);
  });
});

describe('what exists only for the migration', () => {
  it('comes before it and goes with success, because helm uninstall does not know it', async () => {
    const { chart, job } = await renderMigration();
    const companions = chart.objects.filter((object) => isHook(object) && object.kind !== 'Job');
    expect(companions.map(({ kind }) => kind).toSorted()).toEqual(['ConfigMap', 'NetworkPolicy', 'ServiceAccount']);
    for (const companion of companions) {
      expect(companion.metadata?.name).toBe('meho-migrate');
      expect(eventsOf(companion)).toEqual(eventsOf(job));
      expect(weightOf(companion)).toBeLessThan(weightOf(job));
      expect(companion.metadata?.annotations?.['helm.sh/hook-delete-policy']).toBe(
        'before-hook-creation,hook-succeeded',
      );
    }
  });

  it('is an account under the same rules as the backplane’s', async () => {
    const values = withValue(MINIMAL_VALUES, '/serviceAccount/annotations', { 'example.com/role': 'meho' });
    const { chart } = await renderMigration(values);
    const own = chart.get<V1ServiceAccount>('ServiceAccount', 'meho-migrate');
    const backplane = chart.get<V1ServiceAccount>('ServiceAccount', 'meho');
    expect(own.automountServiceAccountToken).toBe(false);
    expect(backplane.automountServiceAccountToken).toBe(false);
    expect(own.metadata?.annotations).toMatchObject(backplane.metadata?.annotations ?? {});
  });

  it('is no account where the operator has one', async () => {
    const { chart, pod } = await renderMigration({ ...MINIMAL_VALUES, serviceAccount: { create: false, name: 'lab' } });
    expect(chart.all('ServiceAccount')).toEqual([]);
    expect(pod.serviceAccountName).toBe('lab');
    expect(chart.get<V1Deployment>('Deployment', 'meho').spec?.template.spec?.serviceAccountName).toBe('lab');
  });

  it('is a policy that lets it reach the database and DNS, and nobody reach it', async () => {
    const { chart, job } = await renderMigration();
    const { spec } = chart.get<V1NetworkPolicy>('NetworkPolicy', 'meho-migrate');
    expect(job.spec?.template.metadata?.labels).toMatchObject(spec?.podSelector?.matchLabels ?? { none: 'x' });
    expect(spec?.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec?.ingress).toBeUndefined();
    expect(spec?.egress?.flatMap(({ ports }) => ports?.map(({ port }) => port))).toEqual([53, 5432]);
    expect(spec?.egress?.[1]?.to).toEqual([{ ipBlock: { cidr: '10.0.1.0/24' } }]);
  });
});

function withWeight(object: KubernetesObject, weight: string): KubernetesObject {
  const annotations = { ...object.metadata?.annotations, ...(isHook(object) ? { 'helm.sh/hook-weight': weight } : {}) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
