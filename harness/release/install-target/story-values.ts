/** In seconds; short, so that a missing issuer shows soon. */
const jwksCacheTtlSeconds = 2;
/** In seconds; short, so that an expired token is refused soon. */
const jwtLeewaySeconds = 2;

export const smokeSettings = {
  config: { keycloakJwksCacheTtlSeconds: jwksCacheTtlSeconds, keycloakJwtLeewaySeconds: jwtLeewaySeconds },
} as const;

/** Beyond the site's; other charts are checked for them beforehand. */
export const storyValues = {
  replicaCount: 2,
  probes: { readiness: { initialDelaySeconds: 120 } },
  migrationJob: { backoffLimit: 0 },
  ...smokeSettings,
} as const;
