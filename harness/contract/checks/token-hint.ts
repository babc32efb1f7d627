/** Where to look first for what is wrong with a token, by the word that the backplane has for it (contract, "Traps"). */
const CLAIMS =
  'the token needs the claims tenant_id (a UUID) and tenant_role (operator or tenant_admin): map both for the client at the issuer, then get a fresh token';
const CLOCKS = 'get a fresh token; if that is refused as well, compare the clocks of issuer and backplane';

const hints: ReadonlyMap<string, string> = new Map([
  ['expired_token', CLOCKS],
  ['token_not_yet_valid', CLOCKS],
  ['missing_tenant_claim', CLAIMS],
  ['malformed_tenant_claim', CLAIMS],
  ['missing_tenant_role_claim', CLAIMS],
  ['unknown_tenant_role', CLAIMS],
  ['missing_subject', 'the token needs the claim sub: map it for the client at the issuer, then get a fresh token'],
  [
    'malformed_email_claim',
    'give the operator a mail address at the issuer that is one, outside .test and .invalid, then get a fresh token',
  ],
  ['missing_token', 'a proxy takes the Authorization header away: look at the ingress'],
]);

const OTHER =
  'get a fresh token from the issuer and audience that the chart is configured with (keycloak.issuer, config.keycloakAudience)';

/** @param reason the word of a 401, or undefined where it has none */
export function tokenHint(reason: string | undefined): string {
  return (reason === undefined ? undefined : hints.get(reason)) ?? OTHER;
}
