import { createSecretKey } from 'node:crypto';
import {
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyToken } from './verify-token.ts';

const EXPECTED = { issuer: 'https://keycloak.example.com/realms/meho', audience: 'meho-backplane', leewaySeconds: 30 };
const CLAIMS: JWTPayload = {
  sub: 'f3b0',
  tenant_id: '0b8f7d0e-0000-4000-8000-000000000001',
  tenant_role: 'operator',
};
const now = () => Math.floor(Date.now() / 1000);

interface Minted {
  readonly claims?: JWTPayload;
  readonly kid?: string;
  readonly key?: CryptoKey;
  readonly expiresAt?: number | undefined;
}

describe('a token', () => {
  let signer: Awaited<ReturnType<typeof generateKeyPair>>;
  let stranger: typeof signer;
  let keys: ReturnType<typeof createLocalJWKSet>;

  beforeAll(async () => {
    signer = await generateKeyPair('RS256', { extractable: true });
    stranger = await generateKeyPair('RS256');
    keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(signer.publicKey)), kid: 'one', alg: 'RS256' }] });
  });

  const mint = ({ claims = {}, kid = 'one', key = signer.privateKey, expiresAt = now() + 60 }: Minted = {}) => {
    const all = { iss: EXPECTED.issuer, aud: EXPECTED.audience, iat: now(), ...CLAIMS, ...claims };
    const builder = new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid });
    return builder.setExpirationTime(expiresAt).sign(key);
  };
  const verify = (token: string) => verifyToken(token, keys, EXPECTED);

  test('of the issuer, for us, in its time, is believed', async () => {
    await expect(verify(await mint())).resolves.toMatchObject({ sub: 'f3b0', tenantRole: 'operator' });
    await expect(verify(await mint({ claims: { aud: ['account', 'meho-backplane'] } }))).resolves.toBeDefined();
  });

  test('may be late by the leeway, and not more', async () => {
    await expect(verify(await mint({ expiresAt: now() - 20 }))).resolves.toBeDefined();
    await expect(verify(await mint({ expiresAt: now() - 40 }))).rejects.toThrow('expired_token');
  });

  test('is refused with the word for what is wrong', async () => {
    await expect(verify(await mint({ claims: { aud: 'account' } }))).rejects.toThrow('wrong_audience');
    await expect(verify(await mint({ claims: { iss: 'https://elsewhere.example.com' } }))).rejects.toThrow(
      'wrong_issuer',
    );
    await expect(verify(await mint({ claims: { nbf: now() + 600 } }))).rejects.toThrow('token_not_yet_valid');
    await expect(verify(await mint({ key: stranger.privateKey }))).rejects.toThrow('bad_signature');
    await expect(verify(await mint({ kid: 'two' }))).rejects.toThrow('unknown_key');
    await expect(verify('bm90.anNvbg.eA')).rejects.toThrow('malformed_token');
  });

  test('that never expires is refused', async () => {
    const token = await new SignJWT({ iss: EXPECTED.issuer, aud: EXPECTED.audience, ...CLAIMS })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(signer.privateKey);
    await expect(verify(token)).rejects.toThrow('malformed_token');
  });

  test('without a signature, or signed with the public key as a secret, is refused', async () => {
    const [, payload] = (await mint()).split('.');
    const none = Buffer.from('{"alg":"none","kid":"one"}').toString('base64url');
    await expect(verify(`${none}.${payload}.`)).rejects.toThrow('unsupported_algorithm');
    const secret = createSecretKey(Buffer.from(await exportSPKI(signer.publicKey)));
    const hmac = await new SignJWT({ iss: EXPECTED.issuer, aud: EXPECTED.audience, ...CLAIMS })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setExpirationTime('1m')
      .sign(secret);
    await expect(verify(hmac)).rejects.toThrow('unsupported_algorithm');
  });

  test('with a flipped bit is refused', async () => {
    const [header, payload = '', signature] = (await mint()).split('.');
    const other = payload.startsWith('A') ? `B${payload.slice(1)}` : `A${payload.slice(1)}`;
    await expect(verify(`${header}.${other}.${signature}`)).rejects.toThrow(/bad_signature|malformed_token/);
  });
});
