/** What the backplane reads in Vault (contract, smoke leg 4). */
const SECRET = 'secret/meho/test/federation';

const NO_CLUE = `check Vault's JWT role (VAULT_OIDC_ROLE), its policy on ${SECRET} and the NetworkPolicy to Vault`;

/**
 * The step that failed and the class of what it met, as `.vault.detail` names them (contract, "The backplane's surface"),
 * and where to look first for that. The classes are those of the Python clients that the original image uses; the first
 * that fits counts.
 */
const clues: readonly (readonly [RegExp, string])[] = [
  [/: VaultDown$/, 'Vault is sealed or has no active node: `vault status`, then `vault operator unseal`'],
  [/: VaultNotInitialized$/, 'Vault was never initialised: `vault status`, then `vault operator init`'],
  [/: NotConfigured$/, 'the chart names no Vault: set vault.address'],
  [
    /: (CertificateVerifyError|SSLError|SSLCertVerificationError)$/,
    "the backplane doesn't trust Vault's certificate: check trustBundle, and that the certificate is for the host of vault.address",
  ],
  [
    /: (Connect|Read|Write|Pool)?(Timeout|TimeoutError|Error)$|: (ConnectionError|RemoteProtocolError|BadGateway)$/,
    'the backplane gets no answer of Vault: check that Vault is up, vault.address and networkPolicy.vaultCIDR',
  ],
  [
    /^login_failed: (InvalidRequest|Unauthorized|Forbidden)$/,
    "Vault refuses the operator's token: `vault read auth/jwt/config` must name its issuer, the role (VAULT_OIDC_ROLE) must exist and take its audience",
  ],
  [
    /^login_failed: InvalidPath$/,
    'Vault has no login there: `vault auth list` must show what VAULT_OIDC_MOUNT_PATH names',
  ],
  [
    /^read_failed: Forbidden$/,
    `the JWT role's policies don't let it read: one must have path "${SECRET.replace('/', '/data/')}" { capabilities = ["read"] }`,
  ],
  [/^read_failed: InvalidPath$/, `there is nothing to read: \`vault kv put ${SECRET} purpose=smoke\``],
];

/** Where to look first when Vault is not read. @param detail `.vault.detail` of the answer, whatever it is */
export function vaultHint(detail: unknown): string {
  const word = typeof detail === 'string' ? detail : '';
  return clues.find(([pattern]) => pattern.test(word))?.[1] ?? NO_CLUE;
}
