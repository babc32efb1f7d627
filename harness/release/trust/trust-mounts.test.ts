import { describe, expect, test } from 'vitest';
import { findTrustMounts } from './trust-mounts.ts';
import { variableValues, volumeValues } from './trust-values.ts';

const image = 'registry/meho:1';
const source = { kind: 'ConfigMap', name: 'lab-ca' } as const;

function deployment(container: object, volumes: readonly object[], annotations = {}) {
  const spec = { template: { spec: { containers: [{ name: 'api', image, ...container }], volumes } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'meho', annotations }, spec };
}

const volume = { name: 'ca', configMap: { name: 'lab-ca' } };
const mount = { name: 'ca', mountPath: '/etc/ca/' };
const variable = { name: 'SSL_CERT_FILE', value: '/etc/ca/ca.crt' };

describe('whether a container has the authorities', () => {
  test('is a volume, its mount and a variable that leads there', () => {
    const [sight] = findTrustMounts([deployment({ volumeMounts: [mount], env: [variable] }, [volume])], image, source);
    expect(sight).toEqual({
      where: 'Deployment meho, container api',
      isHook: false,
      mountedAt: ['/etc/ca'],
      variables: ['SSL_CERT_FILE'],
    });
  });

  test('is not with any of them missing, or with the variable leading elsewhere', () => {
    const seen = (container: object, volumes: readonly object[]) =>
      findTrustMounts([deployment(container, volumes)], image, source)[0]?.variables;
    expect(seen({ volumeMounts: [mount], env: [variable] }, [])).toEqual([]);
    expect(seen({ env: [variable] }, [volume])).toEqual([]);
    expect(seen({ volumeMounts: [mount] }, [volume])).toEqual([]);
    expect(seen({ volumeMounts: [mount], env: [{ ...variable, value: '/etc/cards' }] }, [volume])).toEqual([]);
  });

  test('is seen through a ConfigMap with the variables, and a projected volume', () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'env' }, data: { SSL_CERT_DIR: '/etc/ca' } };
    const projected = { name: 'ca', projected: { sources: [{ configMap: { name: 'lab-ca' } }] } };
    const container = { volumeMounts: [mount], envFrom: [{ configMapRef: { name: 'env' } }] };
    const [sight] = findTrustMounts(
      [map, deployment(container, [projected], { 'helm.sh/hook': 'pre-install' })],
      image,
      source,
    );
    expect(sight).toMatchObject({ isHook: true, variables: ['SSL_CERT_DIR'] });
  });

  test('is asked of the judged image alone', () => {
    expect(findTrustMounts([deployment({}, [])], 'registry/other:1', source)).toEqual([]);
  });
});

describe('lists that a chart has', () => {
  test('keep what is in them', () => {
    const known = { extraVolumes: [{ name: 'own' }], extraEnv: [{ name: 'SSL_CERT_FILE', value: 'x' }] };
    expect(volumeValues(known)['extraVolumes']).toMatchObject([{ name: 'own' }, { name: 'lab-ca' }]);
    const variables = variableValues(known, '/m', 'list')['extraEnv'] as readonly { readonly name: string }[];
    expect(variables.map(({ name }) => name)).toEqual(['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS']);
  });

  test('are found where the chart has them, and not in its broadcast', () => {
    const known = { backplane: { extraVolumes: [], extraEnvVars: {} }, broadcast: { extraVolumes: [] } };
    expect(volumeValues(known)).toEqual({
      backplane: { extraVolumes: [expect.objectContaining({ name: 'lab-ca' })] },
      extraVolumeMounts: [expect.objectContaining({ name: 'lab-ca' })],
    });
    expect(variableValues(known, '/m', 'list')).toMatchObject({
      backplane: { extraEnvVars: { SSL_CERT_FILE: '/m/ca.crt' } },
    });
  });
});
