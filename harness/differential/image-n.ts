import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import { audience, type Issuer } from './issuer.ts';

const backplane = path.resolve(import.meta.dirname, '../../apps/reference-backplane');

/** `status` 0: no answer. */
interface RequestResult {
  readonly status: number;
  readonly body: string;
  readonly durationMs: number;
}

export interface ImageN extends AsyncDisposable {
  /** Writes one audit row. */
  request(role: 'operator' | 'read_only', requestId?: string): Promise<RequestResult>;
  ready(): Promise<RequestResult>;
}

const answerWithinMs = 20_000;

export async function migrateToN(databaseUrl: string, signal: AbortSignal): Promise<void> {
  await run(process.execPath, [path.join(backplane, 'migrate.ts')], {
    env: { DATABASE_URL: databaseUrl },
    timeoutMs: 60_000,
    signal,
  });
}

/** Runs the repository's reference backplane. */
export async function startImageN(databaseUrl: string, issuer: Issuer, signal: AbortSignal): Promise<ImageN> {
  const stopping = new AbortController();
  const log: string[] = [];
  let port: number | undefined;
  const ended = run(process.execPath, [path.join(backplane, 'server.ts')], {
    env: {
      DATABASE_URL: databaseUrl,
      KEYCLOAK_ISSUER_URL: issuer.url,
      KEYCLOAK_AUDIENCE: audience,
      READINESS_PROBES: 'database,migration,keycloak',
      BACKPLANE_URL: 'http://127.0.0.1',
      MCP_RESOURCE_URI: 'http://127.0.0.1/mcp',
      DATABASE_POOL_TIMEOUT: '15',
      SHUTDOWN_DRAIN_SECONDS: '1',
      BROADCAST_REDIS_URL: 'redis://127.0.0.1:1',
      VAULT_ADDR: '',
      PORT: '0',
    },
    timeoutMs: 3_600_000,
    signal: AbortSignal.any([signal, stopping.signal]),
    onLine: (line) => {
      log.push(line);
      log.splice(0, Math.max(0, log.length - 20));
      const listening = /"message":"listening","port":(\d+)/.exec(line);
      port ??= listening?.[1] === undefined ? undefined : Number(listening[1]);
    },
  }).then(
    () => 'it ended',
    (error: unknown) => (error instanceof Problem ? error.observed : 'it was stopped'),
  );
  let gone: string | undefined;
  void ended.then((how) => {
    gone = how;
  });
  const base = await waitFor(
    'image N to listen',
    async () =>
      port !== undefined
        ? holds(`http://127.0.0.1:${port}`)
        : gone === undefined
          ? notYet('no line that says so')
          : { state: 'never' as const, observed: `${gone}: ${log.slice(-3).join(' | ')}` },
    { deadlineMs: 60_000, intervalMs: 50, signal },
  );
  const tokens = { operator: await issuer.token('operator'), read_only: await issuer.token('read_only') };
  const ask = async (target: string, headers: Readonly<Record<string, string>>): Promise<RequestResult> => {
    const started = performance.now();
    try {
      const response = await fetch(`${base}${target}`, {
        headers,
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
      });
      return { status: response.status, body: await response.text(), durationMs: performance.now() - started };
    } catch (error) {
      signal.throwIfAborted();
      return { status: 0, body: String(error), durationMs: performance.now() - started };
    }
  };
  return {
    request: (role, requestId = randomUUID()) =>
      ask('/api/v1/health', { authorization: `Bearer ${tokens[role]}`, 'x-request-id': requestId }),
    ready: () => ask('/ready', {}),
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('no longer needed'));
      await ended;
    },
  };
}
