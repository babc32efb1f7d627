import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChartInput } from '@meho/helm/render';
import { isTable } from '@meho/helm/value-path';
import { coalesceValues } from '@meho/helm/values';
import { parse } from 'yaml';
import { OVERLAYS } from './chart.ts';
import { DOCUMENTED_OVERRIDES, MINIMAL_VALUES, type Values, withValue } from './values.ts';

export interface Variant {
  readonly values: Values;
  readonly input?: Partial<ChartInput>;
}

const EXTERNAL_SECRETS = { enabled: true, secretStore: { name: 'vault', kind: 'ClusterSecretStore' } };

const having = (changes: Readonly<Record<string, unknown>>): Variant => ({
  values: Object.entries(changes).reduce<Values>((all, [path, value]) => withValue(all, path, value), MINIMAL_VALUES),
});

export const REPLACEMENTS: Readonly<Record<string, string>> = {
  '/config/keycloakIssuerUrl': 'https://keycloak.evba.lab/realms/lab',
  '/image/tag': 'sha-0123abc',
  '/keycloak/issuer': 'https://keycloak.evba.lab/realms/lab',
  '/networkPolicy/keycloakCIDR': '10.0.3.10/32',
  '/networkPolicy/postgresCIDR': '10.0.1.10/32',
  '/networkPolicy/vaultCIDR': '10.0.2.10/32',
};

export function overlay(name: string): Values {
  return read(`${OVERLAYS}/${name}.yaml`);
}

function read(file: string): Values {
  const values: unknown = parse(readFileSync(file, 'utf8'));
  return isTable(values) ? values : {};
}

export const OVERLAY_VARIANTS: Readonly<Record<string, Variant>> = {
  'overlay k3s': { values: {}, input: { valuesFiles: [`${OVERLAYS}/k3s.yaml`], set: DOCUMENTED_OVERRIDES } },
  'overlay rke2': { values: {}, input: { valuesFiles: [`${OVERLAYS}/rke2.yaml`], set: DOCUMENTED_OVERRIDES } },
  'overlay rdc-example': {
    values: Object.entries(REPLACEMENTS).reduce<Values>(
      (all, [pointer, value]) => withValue(all, pointer, value),
      overlay('rdc-example'),
    ),
  },
};

/** The keys that are off by default, all on. */
const EVERYTHING: Values = coalesceValues(
  MINIMAL_VALUES,
  read(fileURLToPath(new URL('every-option.yaml', import.meta.url))),
);

/** Together these take each branch of each template both ways. */
export const VARIANTS: Readonly<Record<string, Variant>> = {
  'the documented overrides': { values: MINIMAL_VALUES },
  'an upgrade': { values: MINIMAL_VALUES, input: { upgrade: true } },
  'the longest release name': { values: MINIMAL_VALUES, input: { release: 'a'.repeat(53) } },
  'replicas that somebody else counts': having({ '/replicaCount': null }),
  'without the broadcast': having({ '/broadcast/enabled': false }),
  'without the ingress': having({ '/ingress/enabled': false, '/config/backplaneUrl': 'https://meho.test' }),
  'without TLS': having({ '/ingress/tls/enabled': false, '/ingress/tls/secretName': '' }),
  'without the network policy': having({ '/networkPolicy/enabled': false }),
  'External Secrets': having({ '/eso': EXTERNAL_SECRETS }),
  'a trust bundle from a ConfigMap': having({ '/trustBundle/configMapName': 'lab-ca' }),
  'a trust bundle from a Secret': having({ '/trustBundle/secretName': 'lab-ca' }),
  'the operator’s account': having({ '/serviceAccount': { create: false, name: 'lab' } }),
  'a named account with annotations': having({ '/serviceAccount': { name: 'lab', annotations: { 'a.b/c': 'true' } } }),
  'a private mirror': having({
    '/imagePullSecrets': [{ name: 'mirror' }],
    '/broadcast/imagePullSecrets': [{ name: 'mirror' }],
  }),
  'an ingress with everything': having({
    '/ingress/className': 'nginx',
    '/ingress/annotations': { 'a.b/c': '1' },
    '/ingress/certManager/issuer': 'lab',
  }),
  'a Service of its own port': having({ '/service': { type: 'NodePort', port: 80 }, '/broadcast/service/port': 7000 }),
  'numbers where text is usual': having({
    '/image/tag': '0012345',
    '/resources/requests/cpu': 1,
    '/resources/limits/cpu': 0.5,
    '/probes/liveness/httpGet/port': 8000,
    '/config/extraEnv': { PORT: '1', FLAG: 'yes' },
  }),
  'connectors, and another migration': having({
    '/connectors/enabled': ['kubernetes', 'vault'],
    '/migrationJob': { backoffLimit: 0, ttlSecondsAfterFinished: 0, restartPolicy: 'Never' },
  }),
  'every optional key': { values: EVERYTHING },
  ...OVERLAY_VARIANTS,
};

const fixture = (folder: string): Variant => ({
  values: {},
  input: {
    chart: fileURLToPath(new URL(`../../apps/second-deployment/${folder}`, import.meta.url)),
    set: { ...DOCUMENTED_OVERRIDES, 'image.repository': 'ghcr.io/evoila/meho' },
  },
});

export const SECOND_DEPLOYMENT: Readonly<Record<string, Variant>> = {
  'the second deployment': fixture('chart'),
  'the second deployment as charts in the field are': fixture('field-chart'),
};
