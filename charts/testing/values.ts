/** Values of a chart as a tree, and small changes to it by JSON pointer. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * The least that installs: the overrides that the seed documents for lint and render (seed, "Verification"), as its
 * copy-and-paste block has them.
 */
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

/** The same as a tree. */
export const MINIMAL_VALUES: Values = Object.entries(DOCUMENTED_OVERRIDES).reduce<Values>(
  (values, [path, value]) => withValue(values, `/${path.replaceAll('.', '/')}`, value),
  {},
);

/** Pointers of the fields that values.yaml leaves blank and an install must set. */
export const REQUIRED_PATHS: readonly string[] = Object.keys(DOCUMENTED_OVERRIDES).map(
  (path) => `/${path.replaceAll('.', '/')}`,
);

/** A copy of the tree with another value at the pointer; objects on the way are made where they are missing. */
export function withValue(values: Values, pointer: string, value: unknown): Values {
  const [, key = '', ...rest] = pointer.split('/');
  if (rest.length === 0) {
    return { ...values, [key]: value };
  }
  const inner = values[key];
  return { ...values, [key]: withValue(isTree(inner) ? inner : {}, `/${rest.join('/')}`, value) };
}

/** What is at the pointer, or undefined. */
export function valueAt(values: Values, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((inner, key) => (isTree(inner) ? inner[key] : undefined), values);
}

export function isTree(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
