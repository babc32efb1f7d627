import type { Secret } from '../token/secret.ts';
import { algorithmOf, lacksSubject } from '../token/token-claims.ts';
import { SUBJECT } from './no-subject.ts';

/** Contract, smoke leg 4. */
const SECRET = 'secret/meho/test/federation';

const SEALED = '`vault status`, then `vault operator unseal`';
const CLOCKS =
  "a fresh token whose iat is still to come by Vault's clock is refused, too (Vault takes 60 s of skew, the backplane 30 s): compare the clocks of issuer and Vault";
/** The backplane leaves out a key that it can't use; Vault then verifies nothing at all. */
const KEYS =
  "where all that holds, look at the issuer's keys: one of a kind that Vault can't read (Ed448) makes it refuse every token, while the backplane takes them";
const REFUSED = `Vault refuses the operator's token: \`vault read auth/jwt/config\` must name its issuer, the role (VAULT_OIDC_ROLE) must exist and take its audience; ${CLOCKS}; ${KEYS}`;
const AWAY =
  "the backplane gets no answer of Vault: check that Vault is up, vault.address, networkPolicy.vaultCIDR and that Vault's certificate is trusted (trustBundle, or the chart's extraVolumes and extraEnv)";
const UNREADABLE = `the JWT role's policies don't let it read: one must have path "${SECRET.replace('/', '/data/')}" { capabilities = ["read"] }`;
const NOTHING = `there is nothing to read: \`vault kv put ${SECRET} purpose=smoke\``;

/** For wrapping (VaultClientError is a sealed Vault and much else) and unknown classes. */
const NO_LOGIN = `Vault let the backplane not log in: a sealed Vault or one without an active node does that (${SEALED}); a Vault that is away (vault.address, networkPolicy.vaultCIDR); or ${REFUSED}`;
const NO_READ = `Vault took the login and gave nothing to read: ${UNREADABLE}; ${NOTHING}; or it was sealed meanwhile (${SEALED})`;
const NO_CLUE = `check Vault's seal (${SEALED}), its JWT role (VAULT_OIDC_ROLE), its policy on ${SECRET} and the NetworkPolicy to Vault (vault.address, networkPolicy.vaultCIDR); ${CLOCKS}`;

/**
 * Classes of Vault's Python clients and the field's wrappers, by `.vault.detail` (contract, "The backplane's surface"
 * and "Two dialects"). The first match counts.
 */
const clues: readonly (readonly [RegExp, string])[] = [
  [/: VaultDown$/, `Vault is sealed or has no active node: ${SEALED}`],
  [/: VaultNotInitialized$/, 'Vault was never initialised: `vault status`, then `vault operator init`'],
  [/: NotConfigured$/, 'the chart names no Vault: set vault.address'],
  [
    /: (CertificateVerifyError|SSLError|SSLCertVerificationError)$/,
    "the backplane doesn't trust Vault's certificate: check trustBundle (the chart's extraVolumes and extraEnv where it has none), and that the certificate is for the host of vault.address",
  ],
  [
    /: (Connect|Read|Write|Pool)?(Timeout|TimeoutError|Error)$|: (ConnectionError|RemoteProtocolError|BadGateway|VaultUnreachableError)$/,
    AWAY,
  ],
  [/^login_failed: (InvalidRequest|Unauthorized|Forbidden|VaultRoleDeniedError)$/, REFUSED],
  [
    /^login_failed: InvalidPath$/,
    'Vault has no login there: `vault auth list` must show what VAULT_OIDC_MOUNT_PATH names',
  ],
  [/^read_failed: Forbidden$/, UNREADABLE],
  [/^read_failed: InvalidPath$/, NOTHING],
];

const common: readonly (readonly [RegExp, string])[] = [
  [/^login_failed\b/, NO_LOGIN],
  [/^read_failed\b/, NO_READ],
];

export interface VaultObservation {
  /** Unvalidated. */
  readonly detail: unknown;
  /** Unvalidated. */
  readonly reachable: unknown;
  readonly token: Secret;
}

export function vaultHint({ detail, reachable, token }: VaultObservation): string {
  const word = typeof detail === 'string' ? detail : '';
  const fitting = (among: typeof clues) => among.find(([pattern]) => pattern.test(word))?.[1];
  const clue = fitting(clues) ?? (reachable === false ? AWAY : fitting(common)) ?? NO_CLUE;
  // Vault names its entity after the sub and refuses a token without one.
  const isAboutToken = clue === REFUSED || clue === NO_LOGIN;
  if (isAboutToken && lacksSubject(token.reveal())) {
    return SUBJECT;
  }
  const algorithm = isAboutToken ? algorithmOf(token.reveal()) : undefined;
  return algorithm === undefined || algorithm === 'RS256' ? clue : `${otherAlgorithm(algorithm)}; ${clue}`;
}

/** Vault's default is RS256; the backplane takes more. */
function otherAlgorithm(algorithm: string): string {
  return `the token is signed by ${algorithm}, and Vault takes RS256 alone unless jwt_supported_algs in \`vault read auth/jwt/config\` names it`;
}
