import type { Secret } from '../token/secret.ts';
import { algorithmOf, claimsOf, type TokenFlaw, tokenFlaw } from '../token/token-claims.ts';
import { SUBJECT } from './no-subject.ts';

/** Reason words of the reference and of images in the field (contract, "Traps" and "Two dialects"). */
const CLAIMS =
  'the token needs the claims tenant_id (a UUID) and tenant_role (operator or tenant_admin): map both for the client at the issuer, then get a fresh token';
const OVER =
  "the token's exp is over by the backplane's clock (it takes 30 s of skew): get a fresh token; if that is refused as well, compare the clocks of issuer and backplane";
const NOT_YET =
  "the token's nbf or iat is still to come by the backplane's clock (it takes 30 s of skew), so that a fresh token is refused as well: compare the clocks of issuer and backplane";
/** Logging in again yields the same audience. */
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
export const JWKS =
  "the backplane can't get the issuer's keys: check that the issuer is up, keycloak.issuer, networkPolicy.keycloakCIDR and the trust bundle";

const hints: ReadonlyMap<string, string> = new Map([
  ['expired_token', OVER],
  ['token_expired', OVER],
  ['token_not_yet_valid', NOT_YET],
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

const byFlaw: Readonly<Record<TokenFlaw, string>> = {
  'no JWT': SHAPE,
  'no exp': SHAPE,
  over: OVER,
  'not yet': NOT_YET,
  'no sub': SUBJECT,
  'no aud': AUDIENCE,
  'no iss': ISSUER,
  'no tenant': CLAIMS,
};

/** Older images say `invalid_token` for all but tenant claims; newer ones may use unknown words. */
const OTHER =
  "get a fresh token from the issuer and audience that the chart is configured with (iss is keycloak.issuer, aud holds config.keycloakAudience); a client whose tokens lack that audience needs an audience mapper at the issuer; if a fresh one is refused as well: its claims sub, tenant_id and tenant_role, the clocks of issuer and backplane (it takes 30 s of skew), and the backplane's way to the issuer's keys";

/**
 * @param reason the word of a 401
 * @param token its claims may explain what the word doesn't
 */
export function tokenHint(reason: string | undefined, token: Secret): string {
  const known = reason === undefined ? undefined : (keyHint(reason, token) ?? hints.get(reason));
  const flaw = known === undefined ? tokenFlaw(token.reveal()) : undefined;
  const hint = known ?? (flaw === undefined ? OTHER : byFlaw[flaw]);
  return hint === OVER ? hint.replace('exp is over', `exp${momentOf(token)} is over`) : hint;
}

/** A backplane that can't use a key's kind (EdDSA on Ed448) leaves it out, and calls it unknown. */
function keyHint(reason: string, token: Secret): string | undefined {
  const algorithm = algorithmOf(token.reveal());
  const isRare = algorithm !== undefined && !/^(RS|PS|ES)\d/.test(algorithm);
  return reason === 'unknown_key' && isRare ? `the token is signed by ${algorithm}: ${ALGORITHM}` : undefined;
}

function momentOf(token: Secret): string {
  const exp = claimsOf(token.reveal())?.['exp'];
  const moment = new Date(typeof exp === 'number' ? exp * 1000 : Number.NaN);
  return Number.isNaN(moment.getTime()) ? '' : `, ${moment.toISOString().slice(0, 19)}Z,`;
}
