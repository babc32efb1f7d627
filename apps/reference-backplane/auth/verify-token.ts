import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { KeysError } from './issuer.ts';
import { type Operator, operatorOf } from './operator.ts';
import { TokenFault, type TokenFaultReason } from './token-fault.ts';

/** Only public-key signatures: with HMAC, anyone who has the public key could sign. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

export interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly leewaySeconds: number;
}

/** @throws TokenFault */
export async function verifyToken(token: string, keys: JWTVerifyGetKey, expected: Expected): Promise<Operator> {
  let claims: JWTPayload;
  try {
    const verified = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: expected.issuer,
      audience: expected.audience,
      clockTolerance: expected.leewaySeconds,
      requiredClaims: ['exp'],
    });
    claims = verified.payload;
  } catch (error) {
    const reason = reasonOf(error);
    throw reason === undefined ? error : new TokenFault(reason, { cause: error });
  }
  return operatorOf(claims);
}

/** Returns undefined if neither the token nor the issuer is at fault. */
function reasonOf(error: unknown): TokenFaultReason | undefined {
  if (error instanceof errors.JWTExpired) {
    return 'expired_token';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return CLAIM_REASONS[error.claim] ?? 'malformed_token';
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return 'unsupported_algorithm';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return 'bad_signature';
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'unknown_key';
  }
  if (error instanceof KeysError) {
    return 'jwks_unavailable';
  }
  return error instanceof errors.JOSEError ? 'malformed_token' : undefined;
}

const CLAIM_REASONS: Readonly<Record<string, TokenFaultReason>> = {
  aud: 'wrong_audience',
  iss: 'wrong_issuer',
  nbf: 'token_not_yet_valid',
};
