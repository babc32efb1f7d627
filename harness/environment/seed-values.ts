import { isWithin, type ValuePath } from '../helm/value-path.ts';

/** What every operator has to set (seed, "Full values reference"): without these nothing that was asked for is judged. */
const required = [
  'image.repository',
  'image.tag',
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

/** What the seed's second table and its prose name besides. */
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

/** Whether the seed's tables or prose name it: what is set of a chart that doesn't say what it takes. */
export function isInTheSeed(path: ValuePath): boolean {
  return namedPaths.some((each) => isWithin(path, each));
}
