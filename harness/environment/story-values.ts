/** For how long a release of the smoke keeps the issuer's keys, in seconds: an issuer that is gone is then missed soon. */
const jwksCacheTtlSeconds = 2;
/** How long a token is believed beyond its end, in seconds: one that has ended is then refused soon. */
const jwtLeewaySeconds = 2;

export const smokeSettings = {
  config: { keycloakJwksCacheTtlSeconds: jwksCacheTtlSeconds, keycloakJwtLeewaySeconds: jwtLeewaySeconds },
} as const;

/** What stories set of a release beyond what a site does: a chart that isn't ours is asked for these beforehand. */
export const storyValues = {
  replicaCount: 2,
  probes: { readiness: { initialDelaySeconds: 120 } },
  migrationJob: { backoffLimit: 0 },
  ...smokeSettings,
} as const;
