import { randomUUID } from 'node:crypto';
import { importJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { type Configuration, operatorClaims, type User } from './configuration.ts';
import type { TokenKind } from './faults.ts';
import { type Keyring, newKey, type PrivateJwk, publicPem } from './keyring.ts';

interface Draft {
  readonly header: JWTHeaderParameters & { readonly alg: string };
  readonly payload: JWTPayload;
  readonly key: PrivateJwk;
}

/** @param nowS seconds since the epoch */
export async function mint(
  kind: TokenKind,
  user: User,
  lifetimeS: number,
  { configuration, keyring }: { readonly configuration: Configuration; readonly keyring: Keyring },
  nowS: number = Math.floor(Date.now() / 1000),
): Promise<string> {
  const sound: Draft = {
    header: { alg: 'RS256', typ: 'at+jwt', kid: keyring.signing.kid },
    payload: {
      ...operatorClaims(user),
      jti: randomUUID(),
      sub: user.sub,
      iat: nowS,
      exp: nowS + lifetimeS,
      client_id: configuration.clientId,
      iss: configuration.issuer,
      aud: configuration.audience,
    },
    key: keyring.signing,
  };
  const { header, payload, key } = sound;
  switch (kind) {
    case 'sound':
    case 'short-lived':
      return sign(sound);
    case 'expired':
      return sign({ ...sound, payload: { ...payload, iat: nowS - 1200, exp: nowS - 600 } });
    case 'not-yet-valid':
      return sign({ ...sound, payload: { ...payload, nbf: nowS + 3600, exp: nowS + 3600 + lifetimeS } });
    case 'wrong-audience':
      return sign({ ...sound, payload: { ...payload, aud: 'another-service' } });
    case 'wrong-issuer':
      return sign({ ...sound, payload: { ...payload, iss: `${configuration.issuer}-other` } });
    case 'wrong-key':
      return sign({ ...sound, key: await newKey() });
    case 'unknown-key-id': {
      const stranger = await newKey();
      return sign({ ...sound, header: { ...header, kid: stranger.kid }, key: stranger });
    }
    case 'unsigned':
      return `${encode({ ...header, alg: 'none' })}.${encode(payload)}.`;
    case 'hmac-with-public-key':
      return new SignJWT(payload)
        .setProtectedHeader({ ...header, alg: 'HS256' })
        .sign(new TextEncoder().encode(publicPem(key)));
    case 'tampered': {
      const [head, , signature] = (await sign(sound)).split('.');
      return `${head}.${encode({ ...payload, sub: randomUUID(), tenant_role: 'tenant_admin' })}.${signature}`;
    }
    case 'without-subject':
      return sign(without(sound, 'sub'));
    case 'without-audience':
      return sign(without(sound, 'aud'));
    case 'without-issuer':
      return sign(without(sound, 'iss'));
    case 'without-expiry':
      return sign(without(sound, 'exp'));
    case 'without-tenant':
      return sign(without(sound, 'tenant_id'));
    case 'malformed-tenant':
      return sign({ ...sound, payload: { ...payload, tenant_id: 'tenant-one' } });
    case 'without-tenant-role':
      return sign(without(sound, 'tenant_role'));
    case 'unknown-tenant-role':
      return sign({ ...sound, payload: { ...payload, tenant_role: 'emperor' } });
  }
}

async function sign({ header, payload, key }: Draft): Promise<string> {
  return new SignJWT(payload).setProtectedHeader(header).sign(await importJWK({ ...key }, 'RS256'));
}

function without(draft: Draft, claim: string): Draft {
  const { [claim]: _, ...payload } = draft.payload;
  return { ...draft, payload };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
