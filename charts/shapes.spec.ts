import { describe, expect, it } from 'vitest';
import { refusedPaths } from './testing/chart.ts';
import { MINIMAL_VALUES, withValue } from './testing/values.ts';
import { violationsByChange } from './testing/violations-by-change.ts';

/** Values that each field must accept and reject (seed, "Operator-required" and "Image reference"). */
const CIDR = {
  good: ['10.0.1.0/24', '0.0.0.0/0', '255.255.255.255/32', '192.0.0.0/8'],
  bad: [
    '10.0.1.0',
    '10.0.1.0/33',
    '10.0.256.0/24',
    '10.0.1/24',
    '010.0.1.0/24',
    '10.0.1.0/-1',
    'fd00::/8',
    ' 10.0.1.0/24',
  ],
};
const URI = {
  good: ['https://vault.test', 'http://vault.test:8200', 'https://10.0.0.7:8200/', 'https://[fd00::7]:8200/a/b'],
  bad: [
    'vault.test',
    '//vault.test',
    'ftp://vault.test',
    'https://',
    'https://vault test',
    'https://u:p@vault.test',
    'https://vault.test:99999',
    'https://vault.test/<realm>',
    'https://vault.test/\n',
  ],
};
const OBJECT_NAME = { good: ['meho-postgres', 'a.b', '0'], bad: ['Meho', 'a_b', '-a', 'a-', 'a'.repeat(254)] };

const SHAPES: Readonly<Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>> = {
  '/replicaCount': { good: [1, 2], bad: [0, -1, 1.5, '1'] },
  '/nameOverride': { good: ['meho', 'x'], bad: ['Meho', 'broadcast', 'a.b', 'a'.repeat(64)] },
  '/fullnameOverride': { good: ['', 'meho-2', 'a'.repeat(63)], bad: ['2meho', 'a.b', 'a-', 'a'.repeat(64)] },
  '/image/repository': {
    good: [
      'ghcr.io/evoila/meho',
      'registry.example.com:5000/team/meho',
      'localhost:5000/meho',
      'meho',
      'a/b__c/d--e.f',
    ],
    bad: [
      'ghcr.io/Evoila/meho',
      'registry.example.com:/meho',
      'registry.example.com:99999/meho',
      'a//b',
      '/meho',
      'meho/',
      'meho:tag',
      'meho@sha256:00',
      'a b',
      'a/-b',
      'https://ghcr.io/evoila/meho',
    ],
  },
  '/image/tag': {
    good: ['sha-0123abc', 'v1.2.3', 'pr-7-0123abc', 'test', '_x', 'a'.repeat(128)],
    bad: ['latest', ':v1', 'v1.2.3+build', '.x', '-x', 'a b', 'a'.repeat(129), 7],
  },
  '/image/pullPolicy': { good: ['Always', 'IfNotPresent', 'Never'], bad: ['always', ''] },
  '/imagePullSecrets': { good: [[], [{ name: 'mirror' }]], bad: ['mirror', ['mirror'], [{ name: 'Mirror' }]] },
  '/serviceAccount/name': { good: ['', 'meho'], bad: ['Meho', 'a/b'] },
  '/service/type': { good: ['ClusterIP', 'NodePort', 'LoadBalancer'], bad: ['clusterip', 'ExternalName'] },
  '/service/port': { good: [1, 8000, 65535], bad: [0, 65536, '8000', 80.5] },
  '/ingress/host': {
    good: ['meho.test', 'a-b.example.org', 'localhost'],
    bad: [
      'meho_test',
      'Meho.test',
      '-meho.test',
      'meho.test.',
      '*.meho.test',
      '10.0.0.7',
      'https://meho.test',
      'meho.test/x',
      `${'a'.repeat(64)}.test`,
      `${'a.'.repeat(126)}test`,
    ],
  },
  '/ingress/className': { good: ['', 'skipper'], bad: ['Skipper'] },
  '/ingress/annotations': { good: [{}, { 'a.b/c': 'x' }], bad: [{ 'a.b/c': 1 }, { 'a b': 'x' }] },
  '/ingress/tls/secretName': OBJECT_NAME,
  '/probes/liveness/httpGet/path': { good: ['/', '/healthz'], bad: ['healthz', ''] },
  '/probes/liveness/httpGet/port': { good: ['http', 8000], bad: ['Http', 0, 65536] },
  '/probes/readiness/periodSeconds': { good: [1, 60], bad: [0, '5', 0.5] },
  '/probes/readiness/initialDelaySeconds': { good: [0, 60], bad: [-1] },
  '/resources/requests/cpu': { good: ['100m', '1', 1, 0.5, '1.5'], bad: ['100 m', 'lots', '-1', -1] },
  '/resources/limits/memory': { good: ['1Gi', '128M'], bad: ['1GB', '1gi'] },
  '/postgres/credentialsSecret': OBJECT_NAME,
  '/config/keycloakAudience': { good: ['meho-backplane', 'https://meho.test'], bad: ['a b', '<a>'] },
  '/config/vaultOidcMountPath': { good: ['jwt', 'auth/jwt'], bad: ['/jwt', 'jwt/', ''] },
  '/config/vaultTimeoutSeconds': { good: [1], bad: [0, '10'] },
  '/config/forwardedAllowIps': {
    good: ['127.0.0.1', '*', '10.42.0.0/16', '10.42.0.0/16,192.168.0.1,fd00::/8', '::1'],
    bad: ['', '10.42.0.0/33', '10.42.0.0/16, 10.43.0.0/16', 'proxy', '*,*', '300.0.0.1'],
  },
  '/config/backplaneUrl': { good: ['', ...URI.good], bad: URI.bad },
  '/config/mcpResourceUri': { good: ['', 'https://meho.test/mcp'], bad: URI.bad },
  '/config/extraEnv': {
    good: [{}, { LOG_LEVEL: 'debug' }],
    bad: [{ 'log-level': 'x' }, { LOG_LEVEL: 1 }, { '1A': 'x' }],
  },
  '/networkPolicy/postgresCIDR': CIDR,
  '/networkPolicy/vaultCIDR': CIDR,
  '/networkPolicy/keycloakCIDR': CIDR,
  '/networkPolicy/ingressControllerNamespace': { good: ['kube-system'], bad: ['', 'a.b', 'Kube'] },
  '/migrationJob/backoffLimit': { good: [0, 6], bad: [-1, '3'] },
  '/migrationJob/ttlSecondsAfterFinished': { good: [0, 600], bad: [-1] },
  '/migrationJob/restartPolicy': { good: ['OnFailure', 'Never'], bad: ['Always'] },
  '/trustBundle/configMapName': { good: ['', 'lab-ca'], bad: ['Lab'] },
  '/trustBundle/key': { good: ['ca.crt', 'lab_ca.pem'], bad: ['', 'a/b'] },
  '/trustBundle/mountPath': { good: ['/etc/meho/trust'], bad: ['etc', '/', '/a/'] },
  '/audit/postgresOnly': { good: [true, false], bad: ['true', 1] },
  '/connectors/enabled': {
    good: [[], ['kubernetes', 'vmware-vcf', 'VMware/VCF', 'ArgoCD', 'BIND9', 'pfSense']],
    bad: ['kubernetes', ['a', 'a'], ['a,b'], ['']],
  },
  '/eso/refreshInterval': { good: ['1h', '1h30m', '15s'], bad: ['1', '1 h', 'hourly'] },
  '/broadcast/service/port': { good: [80, 6379, 65535], bad: [0, 65536, '6379'] },
  '/broadcast/image/tag': { good: ['9.0-alpine'], bad: ['latest', ''] },
  '/broadcast/image/repository': { good: ['mirror.example.com:5000/valkey/valkey'], bad: ['Valkey'] },
};

const ADDRESSES = ['/vault/address', '/keycloak/issuer', '/config/vaultAddr', '/config/keycloakIssuerUrl'];

const cases = (kind: 'good' | 'bad') =>
  Object.entries(SHAPES).flatMap(([pointer, shape]) => shape[kind].map((value) => ({ pointer, value })));
// All four at once, because two have to mirror the other two.
const addresses = (values: readonly string[]) =>
  ADDRESSES.flatMap((pointer) => values.map((value) => ({ pointer, value })));

describe('a shape', async () => {
  it.each(await violationsByChange([...cases('good'), ...addresses(URI.good)]))(
    'is taken: $pointer = $value',
    ({ violations }) => {
      expect(violations).toEqual([]);
    },
  );

  it.each(await violationsByChange([...cases('bad'), ...addresses(URI.bad)]))(
    'is refused by its path: $pointer = $value',
    ({ violations }) => {
      expect(violations).not.toEqual([]);
    },
  );
});

describe.concurrent('values that contradict each other', () => {
  it.each([
    ['/config/vaultAddr', 'https://other.test', '/vault/address'],
    ['/config/keycloakIssuerUrl', 'https://other.test', '/keycloak/issuer'],
  ])('are refused: %s is not what it mirrors', async (pointer, value) => {
    expect(await refusedPaths(withValue(MINIMAL_VALUES, pointer, value))).toEqual([pointer]);
  });

  it('may differ by a slash at the end', async () => {
    expect(await refusedPaths(withValue(MINIMAL_VALUES, '/config/vaultAddr', 'https://vault.test/'))).toEqual([]);
  });

  it('are refused: two sources of the trust bundle', async () => {
    const both = { configMapName: 'lab-ca', secretName: 'lab-ca' };
    expect(await refusedPaths({ ...MINIMAL_VALUES, trustBundle: both })).toEqual(['/trustBundle/secretName']);
  });

  it('are refused: two issuers of the certificate', async () => {
    const both = withValue(MINIMAL_VALUES, '/ingress/certManager', { clusterIssuer: 'a', issuer: 'b' });
    expect(await refusedPaths(both)).toEqual(['/ingress/certManager/issuer']);
  });
});
