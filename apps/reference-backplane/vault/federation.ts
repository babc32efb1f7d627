import { classOf, NamedError } from '../error-class.ts';
import { fetchJson, memberAt } from '../http/fetch-json.ts';
import type { VaultSettings } from '../settings/settings.ts';

/** Read with the operator's identity (contract.md, "smoke", leg 4), in the KV v2 engine at `secret/`. */
const FEDERATION_SECRET = 'meho/test/federation';

export interface VaultFederation {
  /** True if Vault answered at all, whatever the answer. */
  readonly reachable: boolean;
  readonly read_ok: boolean;
  /** `version=<n>`, `login_failed: <class>` or `read_failed: <class>`. */
  readonly detail: string;
}

/** Logs in to Vault with the operator's token and reads the federation secret. Never throws. */
export async function checkFederation(vault: VaultSettings | undefined, token: string): Promise<VaultFederation> {
  if (vault === undefined) {
    return { reachable: false, read_ok: false, detail: 'login_failed: NotConfigured' };
  }
  let vaultToken: string;
  try {
    vaultToken = await login(vault, token);
  } catch (error) {
    return { reachable: error instanceof VaultAnswer, read_ok: false, detail: `login_failed: ${classOf(error)}` };
  }
  try {
    const version = await readVersion(vault, vaultToken);
    return { reachable: true, read_ok: true, detail: `version=${version}` };
  } catch (error) {
    return { reachable: error instanceof VaultAnswer, read_ok: false, detail: `read_failed: ${classOf(error)}` };
  }
}

async function login(vault: VaultSettings, jwt: string): Promise<string> {
  const { status, body } = await fetchJson(`${vault.address}/v1/auth/${vault.mountPath}/login`, {
    method: 'POST',
    body: { role: vault.role, jwt },
    timeoutMs: vault.timeoutMs,
  });
  const token = memberAt(body, 'auth', 'client_token');
  if (status !== 200 || typeof token !== 'string') {
    throw new VaultAnswer(status);
  }
  return token;
}

async function readVersion(vault: VaultSettings, vaultToken: string): Promise<number> {
  const { status, body } = await fetchJson(`${vault.address}/v1/secret/data/${FEDERATION_SECRET}`, {
    headers: { 'x-vault-token': vaultToken },
    timeoutMs: vault.timeoutMs,
  });
  const version = memberAt(body, 'data', 'metadata', 'version');
  // A deleted version keeps its metadata but has no data.
  const isThere =
    typeof version === 'number' &&
    typeof memberAt(body, 'data', 'data') === 'object' &&
    memberAt(body, 'data', 'data') !== null;
  if (status !== 200 || !isThere) {
    throw new VaultAnswer(status);
  }
  return version;
}

/** Vault's error answer, named like the exceptions of its Python client. */
class VaultAnswer extends NamedError {
  constructor(status: number) {
    super(STATUS_NAMES[status] ?? (status === 200 ? 'MalformedAnswer' : 'UnexpectedError'), `Vault answered ${status}`);
  }
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'InvalidRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'InvalidPath',
  429: 'RateLimitExceeded',
  500: 'InternalServerError',
  501: 'VaultNotInitialized',
  502: 'BadGateway',
  503: 'VaultDown',
};
