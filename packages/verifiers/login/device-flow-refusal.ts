import { Problem } from '@meho/core/problem';
import type { Reply } from './device-flow-reply.ts';

export interface RefusedRequest {
  readonly expected: string;
  readonly step: 'discovery' | 'code' | 'token';
  readonly reply: Reply;
  readonly clientId: string;
}

/** Explains an issuer's refusal and advises. */
export function refusal({ expected, step, reply, clientId }: RefusedRequest): Problem {
  return new Problem({ expected, observed: reply.seen, next: nextStep(step, reply, clientId) });
}

function nextStep(step: RefusedRequest['step'], reply: Reply, clientId: string): string {
  // Keycloak says it as access_denied to a poll, and in JSON or on a page to who asks for a code.
  if (/\brealm not enabled\b/i.test(reply.body)) {
    return REALM_OFF;
  }
  const description = reply.fields['error_description'];
  return reply.error === undefined
    ? byShape(step, reply)
    : byWord(reply.error, typeof description === 'string' ? description : '', clientId);
}

const RUN_AGAIN = 'run it again for a new code';
const REALM_OFF = `the realm is switched off at the issuer, whose discovery and keys answer all the same: have it switched on there (Keycloak: Realm settings > Enabled), then ${RUN_AGAIN}`;
const PKCE =
  "login sends PKCE by S256 always: set the client's method to S256 or leave it open (Keycloak: Clients > the client > Advanced > PKCE method)";

/** RFC 6749 5.2, RFC 8628 3.5, and issuers' own codes. */
function byWord(word: string, description: string, clientId: string): string {
  if (/pkce|code.?challenge|code.?verifier/i.test(description)) {
    return PKCE;
  }
  // Keycloak reports it as invalid_request.
  if (/dpop/i.test(description)) {
    return clientHint(clientId);
  }
  switch (word) {
    case 'access_denied':
    case 'authorization_declined':
      return 'the login was refused in the browser, or the issuer refuses this user: run it again and confirm, or ask those who run the issuer';
    case 'expired_token':
      return 'the code is over: run it again and confirm the new one in time';
    case 'invalid_client':
      return publicClient(clientId);
    case 'unauthorized_client':
      return /secret|credentials|authenticat/i.test(description) ? publicClient(clientId) : deviceFlow(clientId);
    case 'unsupported_grant_type':
      return 'the issuer knows no device flow, or has it switched off: switch it on there, or get the token another way and set MEHO_ACCESS_TOKEN';
    case 'invalid_scope':
      return `allow ${clientId} the scopes openid, profile and email at the issuer (Keycloak: Clients > the client > Client scopes)`;
    case 'invalid_grant':
      return invalidGrant(description, clientId);
    case 'invalid_request':
      return `the issuer refuses the request as it is: its log says what it misses (login sends client_id, scope and PKCE by S256), then change the client ${clientId} or its policy there`;
    case 'invalid_dpop_proof':
    case 'use_dpop_nonce':
      return clientHint(clientId);
    case 'server_error':
    case 'temporarily_unavailable':
      return 'the issuer is in trouble: read its log, then run it again';
    default:
      return "read the issuer's log for why it refuses, then run it again";
  }
}

/** Only the description tells its many causes apart. */
function invalidGrant(description: string, clientId: string): string {
  if (/device (authorization )?(grant|flow)/i.test(description)) {
    return deviceFlow(clientId);
  }
  if (/disabled|not (fully )?(enabled|set up)|locked/i.test(description)) {
    return 'have that user enabled or set up at the issuer, or log in as another user: running it again changes nothing';
  }
  return `the code is used, revoked or unknown to the issuer (a token whose answer was lost on the way is given only once): ${RUN_AGAIN}`;
}

function publicClient(clientId: string): string {
  return `check --client-id ${clientId}: the client must be there, enabled and public (Keycloak: Client authentication off), because login has no secret`;
}

function clientHint(clientId: string): string {
  return `the issuer binds the tokens of ${clientId} to a key, and MEHO takes bearer tokens: switch DPoP off for it there`;
}

function deviceFlow(clientId: string): string {
  return `let ${clientId} use the device flow at the issuer (Keycloak: Clients > the client > Capability config > OAuth 2.0 Device Authorization Grant), or give another --client-id`;
}

function byShape(step: RefusedRequest['step'], { status, isObject }: Reply): string {
  const issuer =
    step === 'discovery'
      ? 'check --issuer: it is the `iss` of the tokens, e.g. https://keycloak.example.org/realms/meho'
      : "look at the endpoints in the issuer's discovery document";
  if (status === 429) {
    return 'the issuer limits how often it may be asked: wait a while, then run it again';
  }
  if (status >= 500) {
    return 'the issuer, or what stands before it, is in trouble: read its log, then run it again';
  }
  if (status >= 300 && status < 400) {
    return `redirects are not followed with codes; a proxy may stand before the issuer; ${issuer}`;
  }
  if (status === 404 && step === 'discovery') {
    return `${issuer}; a Keycloak with a relative path, or older than 17, has /auth before /realms`;
  }
  if (!isObject && status === 400 && step !== 'discovery') {
    return `a Keycloak says by a page what no client can mend, in the realm's language: open ${step === 'code' ? 'device_authorization_endpoint' : 'token_endpoint'} of the discovery document in a browser, or read its log; a realm that is switched off does that (Realm settings > Enabled); ${issuer}`;
  }
  return isObject ? issuer : `something else than the issuer answers there, a proxy or a login page; ${issuer}`;
}
