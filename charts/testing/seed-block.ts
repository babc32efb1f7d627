/** The seed's "bare --set equivalent", as it stands there. */
export const SEED_BLOCK: Readonly<Record<string, string>> = {
  'image.tag': 'sha-0123abc',
  'ingress.host': 'meho.example.org',
  'ingress.tls.secretName': 'meho-tls',
  'postgres.credentialsSecret': 'meho-postgres',
  'vault.address': 'https://vault.example.org',
  'keycloak.issuer': 'https://keycloak.example.org/realms/meho',
  'config.keycloakIssuerUrl': 'https://keycloak.example.org/realms/meho',
  'config.keycloakAudience': 'meho-backplane',
  'config.vaultAddr': 'https://vault.example.org',
  'networkPolicy.postgresCIDR': '10.0.1.0/24',
  'networkPolicy.vaultCIDR': '10.0.2.0/24',
  'networkPolicy.keycloakCIDR': '10.0.3.0/24',
};
