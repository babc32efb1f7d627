import * as byPath from '@meho/helm/value-path';
import type { Values } from '@meho/helm/values';

export type { Values } from '@meho/helm/values';

/** The least that installs (seed, "Verification"). */
export const DOCUMENTED_OVERRIDES: Readonly<Record<string, string>> = {
  'image.tag': 'test',
  'ingress.host': 'meho.test',
  'ingress.tls.secretName': 'meho-tls',
  'postgres.credentialsSecret': 'meho-postgres',
  'vault.address': 'https://vault.test',
  'keycloak.issuer': 'https://keycloak.test/realms/meho',
  'config.keycloakIssuerUrl': 'https://keycloak.test/realms/meho',
  'config.keycloakAudience': 'meho-backplane',
  'config.vaultAddr': 'https://vault.test',
  'networkPolicy.postgresCIDR': '10.0.1.0/24',
  'networkPolicy.vaultCIDR': '10.0.2.0/24',
  'networkPolicy.keycloakCIDR': '10.0.3.0/24',
};

export const MINIMAL_VALUES: Values = Object.entries(DOCUMENTED_OVERRIDES).reduce<Values>(
  (values, [path, value]) => withValue(values, `/${path.replaceAll('.', '/')}`, value),
  {},
);

/** Blank in values.yaml, so an install must set them. */
export const REQUIRED_PATHS: readonly string[] = Object.keys(DOCUMENTED_OVERRIDES).map(
  (path) => `/${path.replaceAll('.', '/')}`,
);

/** By JSON pointer, as schemas and violations name places. */
export function withValue(values: Values, pointer: string, value: unknown): Values {
  return byPath.withValue(values, byPath.pathOf(pointer), value);
}

export function valueAt(values: Values, pointer: string): unknown {
  return byPath.valueAt(values, byPath.pathOf(pointer));
}
