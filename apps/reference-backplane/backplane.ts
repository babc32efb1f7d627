import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { authenticator } from './auth/authenticator.ts';
import { type Broadcast, openBroadcast } from './broadcast/broadcast.ts';
import { record } from './database/audit-log.ts';
import { revisionsIn, schemaState } from './database/migrations.ts';
import { type LivePool, openPool, openProbePool } from './database/pool.ts';
import { currentRevision } from './database/schema.ts';
import { classOf } from './error-class.ts';
import { createApp } from './http/app.ts';
import { logChanges } from './readiness/log-changes.ts';
import { probesOf } from './readiness/probes.ts';
import {
  DRIVER_TIMEOUT_MS,
  type OnProbeResult,
  probeAll,
  type Readiness,
  shareInFlight,
} from './readiness/readiness.ts';
import type { Settings } from './settings/settings.ts';
import { checkFederation } from './vault/federation.ts';

/** For open requests; with the drain, under 10 s in all. */
const CLOSE_DEADLINE_MS = 4_000;
const DRAINING: Readiness = {
  status: 'not_ready',
  checks: [{ name: 'shutdown', ok: false, detail: 'draining' }],
};

export interface BackplaneOptions {
  readonly settings: Settings;
  readonly migrationsFolder: string;
  readonly logger?: FastifyServerOptions['logger'];
}

/** Listens without any dependency; `/ready` reports on those. */
export class StartedBackplane implements AsyncDisposable {
  readonly port: number;
  private readonly app: FastifyInstance;
  private readonly resources: Resources;
  private readonly drainMs: number;
  private stopping: Promise<void> | undefined;

  constructor(app: FastifyInstance, resources: Resources, drainMs: number) {
    const address: string | AddressInfo | null = app.server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.app = app;
    this.resources = resources;
    this.drainMs = drainMs;
  }

  /** Turns unready, serves until proxies have noticed, finishes open requests, then closes. */
  stop(): Promise<void> {
    this.stopping ??= this.drainAndClose();
    return this.stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async drainAndClose(): Promise<void> {
    this.resources.isDraining = true;
    this.app.log.info({ drainMs: this.drainMs }, 'draining');
    // Nothing signals that the last proxy has stopped sending.
    await delay(this.drainMs);
    const deadline = setTimeout(() => this.app.server.closeAllConnections(), CLOSE_DEADLINE_MS);
    await this.app.close();
    clearTimeout(deadline);
    const { pool, probePool, broadcast } = this.resources;
    await Promise.allSettled([pool.end(), probePool.end(), broadcast.close()]);
  }
}

interface Resources {
  readonly pool: LivePool;
  readonly probePool: LivePool;
  readonly broadcast: Broadcast;
  isDraining: boolean;
}

/** Listens on all interfaces. @throws Error if the port is taken or migrations are unreadable */
export async function startBackplane({
  settings,
  migrationsFolder,
  logger,
}: BackplaneOptions): Promise<StartedBackplane> {
  const revisions = revisionsIn(migrationsFolder);
  const onIdleError = (error: Error) => app.log.warn({ error: classOf(error) }, 'database connection lost');
  const resources: Resources = {
    pool: openPool(settings.database, onIdleError),
    probePool: openProbePool(settings.database, DRIVER_TIMEOUT_MS, onIdleError),
    broadcast: openBroadcast(settings.broadcastUrl),
    isDraining: false,
  };
  const { pool, probePool, broadcast } = resources;
  const { vault, openId } = settings;
  const probes = probesOf({ database: probePool, revisions, vault, openId, broadcast }, settings.readinessProbes);
  let onLook: OnProbeResult = () => undefined;
  const look = shareInFlight(() => probeAll(probes, onLook));
  const app: FastifyInstance = createApp(
    settings,
    {
      authenticate: authenticator(openId),
      record: (entry) => record(pool, entry),
      broadcast,
      readiness: async () => (resources.isDraining ? DRAINING : await look()),
      checkFederation: (token) => checkFederation(vault, token),
      isMigrated: async () => ['at-head', 'ahead'].includes(schemaState(await currentRevision(pool), revisions).state),
      isDraining: () => resources.isDraining,
    },
    logger,
  );
  onLook = logChanges(app.log);
  await app.listen({ host: '0.0.0.0', port: settings.port });
  return new StartedBackplane(app, resources, settings.drainMs);
}
