import { KeysError, probeKeys } from '../auth/issuer.ts';
import type { Broadcast } from '../broadcast/broadcast.ts';
import { schemaState } from '../database/migrations.ts';
import type { Queries } from '../database/pool.ts';
import { currentRevision } from '../database/schema.ts';
import { fetchJson, memberAt } from '../http/fetch-json.ts';
import type { OpenIdSettings, ProbeName, VaultSettings } from '../settings/settings.ts';
import { DRIVER_TIMEOUT_MS, type Finding, type Probe } from './readiness.ts';

export interface Dependencies {
  readonly database: Queries;
  /** Oldest first. */
  readonly revisions: readonly string[];
  readonly vault: VaultSettings | undefined;
  readonly openId: OpenIdSettings | undefined;
  readonly broadcast: Broadcast;
}

const NOT_CONFIGURED: Finding = { ok: false, reason: 'not_configured' };

export function probesOf(dependencies: Dependencies, names: readonly ProbeName[]): readonly Probe[] {
  return names.map((name) => ({ name, look: () => LOOKS[name](dependencies) }));
}

const LOOKS: Readonly<Record<ProbeName, (dependencies: Dependencies) => Promise<Finding>>> = {
  async database({ database }) {
    try {
      await database.query('SELECT 1');
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: 'query_failed', error };
    }
  },

  /** A newer schema is fine, because a rollback leaves it in place (contract.md, the known trap). */
  async migration({ database, revisions }) {
    try {
      const { state } = schemaState(await currentRevision(database), revisions);
      const isFine = state === 'at-head' || state === 'ahead';
      return isFine ? { ok: true, detail: STATE_WORDS[state] } : { ok: false, reason: STATE_WORDS[state] };
    } catch (error) {
      return { ok: false, reason: 'revision_unreadable', error };
    }
  },

  async vault({ vault }) {
    if (vault === undefined) {
      return NOT_CONFIGURED;
    }
    try {
      // A standby forwards requests, so it is as good as the active node.
      const url = `${vault.address}/v1/sys/health?standbyok=true&perfstandbyok=true`;
      const { status, body } = await fetchJson(url, { timeoutMs: DRIVER_TIMEOUT_MS });
      if (status === 200 && memberAt(body, 'sealed') === false) {
        return { ok: true };
      }
      return { ok: false, reason: VAULT_WORDS[status] ?? 'unexpected_answer' };
    } catch (error) {
      return { ok: false, reason: 'health_failed', error };
    }
  },

  async keycloak({ openId }) {
    if (openId === undefined) {
      return NOT_CONFIGURED;
    }
    try {
      await probeKeys(openId.issuer, DRIVER_TIMEOUT_MS);
      return { ok: true };
    } catch (error) {
      return error instanceof KeysError
        ? { ok: false, reason: error.reason, error: error.cause }
        : { ok: false, reason: 'jwks_fetch_failed', error };
    }
  },

  async broadcast({ broadcast }) {
    try {
      await broadcast.ping();
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: 'ping_failed', error };
    }
  },
};

const STATE_WORDS = {
  empty: 'not_migrated',
  behind: 'schema_behind',
  'at-head': 'at_head',
  ahead: 'ahead_of_image',
  unknown: 'unknown_revision',
} as const;

/** Vault's health endpoint answers with these status codes. */
const VAULT_WORDS: Readonly<Record<number, string>> = { 501: 'not_initialized', 503: 'sealed' };
