import { claimsOf, lacksSubject } from '@meho/contract/token/token-claims';
import { Problem } from '@meho/core/problem';
import type { Reply } from './device-flow-reply.ts';

export interface DeviceToken {
  readonly accessToken: string;
  /** Why a backplane may reject it. */
  readonly doubt: string | undefined;
}

/** Node and most proxies take 8 to 64 KiB of headers. */
const LONGEST_TOKEN = 65_536;

/** @throws Problem without a bearer token */
export function tokenOf(reply: Reply): DeviceToken {
  const { access_token: token, token_type: type } = reply.fields;
  const expected = 'the issuer to give an access token';
  if (typeof token !== 'string' || token === '') {
    throw new Problem({
      expected,
      observed: `the issuer answered 200 without an access token: ${reply.seen}`,
      next: "read the issuer's log: the client may be set to give other tokens alone",
    });
  }
  if (token.length > LONGEST_TOKEN || !/^[A-Za-z0-9._~+/-]+=*$/.test(token)) {
    throw new Problem({
      expected,
      observed: `the issuer answered 200 without an access token that a header can carry (${token.length} characters)`,
      next: 'look at what the issuer answers, and at how many claims it maps for the client',
    });
  }
  // RFC 6749, 5.1, demands a type; without one assume the usual.
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== 'bearer')) {
    throw new Problem({
      expected: `${expected} of the type Bearer`,
      observed: `token_type ${typeof type === 'string' ? `"${reply.safe(type)}"` : `a ${typeof type}`}`,
      next: 'MEHO takes bearer tokens: at the issuer switch off what binds the tokens of the client to a key (DPoP)',
    });
  }
  return { accessToken: token, doubt: doubtOf(token) };
}

function doubtOf(token: string): string | undefined {
  const parts = token.split('.').length;
  if (parts !== 3) {
    const what = parts === 5 ? 'encrypted' : 'opaque';
    return `the token is ${what}, and MEHO's backplane reads signed JWTs: it will answer 401; have the issuer give those for the client`;
  }
  const claims = claimsOf(token);
  // Keycloak's lightweight access token: an audience mapper alone would not reach it.
  if (claims !== undefined && claims['aud'] === undefined && lacksSubject(token)) {
    return "the token has neither an audience nor a sub, as Keycloak's lightweight ones: the backplane will answer 401; give whole ones to the client at the issuer (Keycloak: Clients > the client > Advanced > Always use lightweight access token off), because logging in again changes nothing";
  }
  // Keycloak's default without an audience mapper: for its account console.
  const isForNobody = claims !== undefined && (claims['aud'] === undefined || claims['aud'] === 'account');
  return isForNobody
    ? `the token is for ${claims['aud'] === undefined ? 'no audience' : 'the audience account alone'}, and the backplane takes tokens for its own (config.keycloakAudience of the chart): it will answer 401; add an audience mapper for the client at the issuer, because logging in again changes nothing`
    : undefined;
}
