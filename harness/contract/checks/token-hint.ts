/**
 * Where to look first for what is wrong with a token, by the word that the backplane has for it: the reference's words
 * and those of images in the field (contract, "Traps" and "Two dialects").
 */
const CLAIMS =
  'the token needs the claims tenant_id (a UUID) and tenant_role (operator or tenant_admin): map both for the client at the issuer, then get a fresh token';
const CLOCKS = 'get a fresh token; if that is refused as well, compare the clocks of issuer and backplane';
const SUBJECT = 'the token needs the claim sub: map it for the client at the issuer, then get a fresh token';
/** Whoever logs in again gets the same audience again. */
const AUDIENCE =
  'the aud of the token lacks what the chart is configured with (config.keycloakAudience), and logging in again changes nothing: add an audience mapper for the client at the issuer (Keycloak: Clients > the client > Client scopes > its dedicated scope > Add mapper > Audience, with it as Included Custom Audience), then get a fresh token';
const ISSUER =
  "get a token from the issuer that the chart is configured with: the token's iss must be keycloak.issuer to the letter (scheme, host, port, path, slash at the end)";
const SIGNATURE =
  "get a fresh token from the chart's issuer (keycloak.issuer); if that is refused as well, the backplane holds old keys of it: look at its log for the JWKS";
const ALGORITHM =
  'the issuer must sign access tokens by RS256 (Keycloak: Clients > the client > Advanced > Access token signature algorithm): change it, then get a fresh token';
const SHAPE =
  'the backplane reads signed JWTs alone, with three parts and an exp: an access token that is opaque or encrypted is changed at the issuer (the client, access token format), an ID token or a cut one by getting a fresh token';
/** The way from the backplane to the issuer, not the token. */
export const JWKS =
  "the backplane can't get the issuer's keys: check that the issuer is up, keycloak.issuer, networkPolicy.keycloakCIDR and the trust bundle";

const hints: ReadonlyMap<string, string> = new Map([
  ['expired_token', CLOCKS],
  ['token_expired', CLOCKS],
  ['token_not_yet_valid', CLOCKS],
  ['wrong_audience', AUDIENCE],
  ['invalid_audience', AUDIENCE],
  ['missing_audience', AUDIENCE],
  ['wrong_issuer', ISSUER],
  ['invalid_issuer', ISSUER],
  ['missing_issuer', ISSUER],
  ['bad_signature', SIGNATURE],
  ['signature_verification_failed', SIGNATURE],
  ['unknown_key', SIGNATURE],
  ['unsupported_algorithm', ALGORITHM],
  ['malformed_token', SHAPE],
  ['malformed_jws', SHAPE],
  ['missing_exp', SHAPE],
  ['missing_tenant_claim', CLAIMS],
  ['malformed_tenant_claim', CLAIMS],
  ['missing_tenant_role_claim', CLAIMS],
  ['unknown_tenant_role', CLAIMS],
  ['missing_subject', SUBJECT],
  ['missing_sub', SUBJECT],
  [
    'malformed_email_claim',
    'give the operator a mail address at the issuer that is one, outside .test and .invalid, then get a fresh token',
  ],
  ['missing_token', 'a proxy takes the Authorization header away: look at the ingress'],
  // Images in the field answer 401 with it, the reference 503.
  ['jwks_unavailable', JWKS],
]);

/** Older images have one word for every fault of a token but those of tenant claims. */
const OTHER =
  'get a fresh token from the issuer and audience that the chart is configured with (keycloak.issuer, config.keycloakAudience); a client whose tokens lack that audience needs an audience mapper at the issuer';

/** @param reason the word of a 401, or undefined where it has none */
export function tokenHint(reason: string | undefined): string {
  return (reason === undefined ? undefined : hints.get(reason)) ?? OTHER;
}
