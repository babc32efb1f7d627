import { Problem } from '@meho/core/problem';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { errorsOf, type VaultApi } from './vault-api.ts';

/** Never leaves this process's memory. */
export interface VaultKeys {
  readonly rootToken: string;
  readonly unsealKey: string;
}

export interface Federation {
  readonly issuer: string;
  readonly audience: string;
  /** PEM. */
  readonly issuerCa: string;
}

/** Contract: VAULT_OIDC_MOUNT_PATH and VAULT_OIDC_ROLE (contract.md, "The backplane's surface"). */
const mount = 'jwt';
const role = 'meho-mcp';
const policy = 'meho-federation';
/** Contract: what the smoke reads (contract.md, "smoke"). */
const secretPath = 'meho/test/federation';

const keyValueDeadlineMs = 10_000;

export async function initialise(vault: VaultApi): Promise<VaultKeys> {
  const fields = await vault.must('PUT', 'sys/init', { body: { secret_shares: 1, secret_threshold: 1 } });
  const { root_token: rootToken, keys_base64: shares } = fields;
  const [unsealKey] = Array.isArray(shares) ? shares : [];
  if (typeof rootToken !== 'string' || typeof unsealKey !== 'string') {
    throw new Problem({
      expected: 'Vault to hand out a root token and one key share at its initialisation',
      observed: `an answer with the fields ${Object.keys(fields).join(', ')}`,
      next: "read Vault's log",
    });
  }
  await unseal(vault, unsealKey);
  return { rootToken, unsealKey };
}

export async function unseal(vault: VaultApi, unsealKey: string): Promise<void> {
  await vault.must('PUT', 'sys/unseal', { body: { key: unsealKey } });
  await waitFor(
    'vault to be unsealed and active',
    async () => {
      const { status } = await vault.ask('GET', 'sys/health');
      return status === 200 ? holds(undefined) : notYet(`its health answers ${status}`);
    },
    { deadlineMs: keyValueDeadlineMs, intervalMs: 50 },
  );
}

/** Grants an operator's token the smoke's secret, nothing more. */
export async function federate(vault: VaultApi, token: string, federation: Federation): Promise<void> {
  await vault.must('POST', 'sys/mounts/secret', { token, body: { type: 'kv', options: { version: '2' } } });
  await vault.must('POST', `sys/auth/${mount}`, { token, body: { type: 'jwt' } });
  await vault.must('POST', `auth/${mount}/config`, {
    token,
    body: {
      oidc_discovery_url: federation.issuer,
      oidc_discovery_ca_pem: federation.issuerCa,
      bound_issuer: federation.issuer,
      jwt_supported_algs: ['RS256'],
    },
  });
  await vault.must('POST', `auth/${mount}/role/${role}`, {
    token,
    body: {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: [federation.audience],
      token_policies: [policy],
      token_no_default_policy: true,
      token_ttl: '5m',
    },
  });
  await writePolicy(vault, token);
  await writeSecret(vault, token);
}

export async function writePolicy(vault: VaultApi, token: string): Promise<void> {
  const rules = `path "secret/data/${secretPath}" { capabilities = ["read"] }`;
  await vault.must('PUT', `sys/policies/acl/${policy}`, { token, body: { policy: rules } });
}

export async function removePolicy(vault: VaultApi, token: string): Promise<void> {
  await vault.must('DELETE', `sys/policies/acl/${policy}`, { token });
}

/** A new mount refuses writes while upgrading itself to version 2. */
export async function writeSecret(vault: VaultApi, token: string): Promise<void> {
  await waitFor(
    `secret/${secretPath} to be written`,
    async () => {
      const body = { data: { purpose: 'federation smoke' } };
      const { status, fields } = await vault.ask('POST', `secret/data/${secretPath}`, { token, body });
      return status === 200 ? holds(undefined) : notYet(`status ${status}: ${errorsOf(fields)}`);
    },
    { deadlineMs: keyValueDeadlineMs, intervalMs: 50 },
  );
}

/** Removes all versions and metadata. */
export async function removeSecret(vault: VaultApi, token: string): Promise<void> {
  await vault.must('DELETE', `secret/metadata/${secretPath}`, { token });
}
