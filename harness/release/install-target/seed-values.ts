import { isWithin, type ValuePath } from '@meho/helm/value-path';

/** Seed, "Full values reference". */
const required = [
  'image.repository',
  'image.tag',
  // Set only where they are known already: left out, they would pin other images than the run's.
  'image.digest',
  'broadcast.image.digest',
  'ingress.host',
  'ingress.tls.secretName',
  'postgres.credentialsSecret',
  'vault.address',
  'keycloak.issuer',
  'config.keycloakIssuerUrl',
  'config.keycloakAudience',
  'config.vaultAddr',
  'networkPolicy.postgresCIDR',
  'networkPolicy.vaultCIDR',
  'networkPolicy.keycloakCIDR',
];

/** From the seed's second table and prose. */
const named = [
  'nameOverride',
  'replicaCount',
  'image.pullPolicy',
  'imagePullSecrets',
  'service.type',
  'service.port',
  'ingress.enabled',
  'ingress.className',
  'ingress.tls.enabled',
  'probes.liveness',
  'probes.readiness',
  'resources.requests',
  'resources.limits',
  'config.backplaneUrl',
  'config.mcpResourceUri',
  'config.forwardedAllowIps',
  'networkPolicy.enabled',
  'networkPolicy.ingressControllerNamespace',
  'migrationJob.backoffLimit',
  'migrationJob.ttlSecondsAfterFinished',
  'audit.postgresOnly',
  'broadcast.enabled',
  'broadcast.service.port',
  'connectors.enabled',
  'eso.enabled',
  'eso.secretStore.name',
  'eso.secretStore.kind',
];

const paths = (dotted: readonly string[]): readonly ValuePath[] => dotted.map((path) => path.split('.'));
const requiredPaths = paths(required);
const namedPaths = paths([...required, ...named]);

export function isRequired(path: ValuePath): boolean {
  return requiredPaths.some((each) => isWithin(path, each));
}

/** Decides what to set on a chart without a schema. */
export function isInSeed(path: ValuePath): boolean {
  return namedPaths.some((each) => isWithin(path, each));
}
