import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { TENANT_ROLES } from '../auth/operator.ts';
import { describe } from '../error-class.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { Settings } from '../settings/settings.ts';
import type { VaultFederation } from '../vault/federation.ts';
import { answerUnrouted } from './not-found.ts';
import { requestIdOf } from './request-id.ts';
import { type AuditedServices, pathOf, withAudit } from './with-audit.ts';

export interface AppServices extends AuditedServices {
  readonly readiness: () => Promise<Readiness>;
  readonly checkFederation: (token: string) => Promise<VaultFederation>;
  readonly isMigrated: () => Promise<boolean>;
  readonly isDraining: () => boolean;
}

const REQUEST_ID = 'x-request-id';
const HEALTH = '/api/v1/health';
const LIVE = '/api/v1/health/live';
/** Polled by the kubelet: not worth a log line. */
const QUIET = ['/healthz', '/ready'];

/** contract.md, "The backplane's surface". */
export function createApp(
  settings: Pick<Settings, 'trustedProxies' | 'version'>,
  services: AppServices,
  logger: FastifyServerOptions['logger'],
): FastifyInstance {
  const app = Fastify({
    logger: logger ?? false,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    exposeHeadRoutes: false,
    trustProxy: settings.trustedProxies,
    requestIdHeader: false,
    // Requests during shutdown are answered: a rolling update loses none.
    return503OnClosing: false,
    genReqId: (request) => requestIdOf(request.headers[REQUEST_ID]),
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: (_error, socket) => {
      socket.end(malformedRequest(), () => socket.destroy());
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID, request.id);
    if (services.isDraining()) {
      // Keeps the proxy from sending its next request here.
      reply.header('connection', 'close');
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    const path = pathOf(request.url);
    if (!QUIET.includes(path)) {
      const { method, ip, protocol } = request;
      const durationMs = Math.round(reply.elapsedTime);
      request.log.info({ method, path, status: reply.statusCode, durationMs, ip, protocol }, 'answered');
    }
  });
  app.setErrorHandler((error, request, reply) => {
    request.log.error(describe(error), 'request failed');
    reply.code(500).send({ detail: 'internal_error' });
  });
  addPublicRoutes(app, settings, services);
  addOperatorRoutes(app, services);
  answerUnrouted(app, ['/healthz', '/ready', '/version', HEALTH, LIVE]);
  return app;
}

function addPublicRoutes(app: FastifyInstance, { version }: Pick<Settings, 'version'>, services: AppServices): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    const readiness = await services.readiness();
    return reply.code(readiness.status === 'ready' ? 200 : 503).send(readiness);
  });
  app.get('/version', async () => ({
    git_sha: version.gitSha,
    build_date: version.buildDate,
    chart_version: version.chartVersion,
  }));
}

function addOperatorRoutes(app: FastifyInstance, services: AppServices): void {
  const health = withAudit(services, ['operator', 'tenant_admin'], async ({ operator, token }, timing) => {
    const [vault, migrated] = await Promise.all([
      timing.of('vault', () => services.checkFederation(token)),
      timing.of('schema', () => services.isMigrated()),
    ]);
    const { sub, name, email } = operator;
    return { status: 200, body: { operator: { sub, name, email }, vault, db: { migrated } } };
  });
  app.get(HEALTH, health);
  app.get(
    LIVE,
    withAudit(services, TENANT_ROLES, async () => ({ status: 200, body: { status: 'ok' } })),
  );
}

/** Hooks don't run for failures before routing, so the header is set here. */
function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header(REQUEST_ID, request.id).code(400).send({ detail: error.code });
}

/** For peers that don't speak HTTP; carries an id like every response. */
function malformedRequest(): string {
  const body = '{"detail":"malformed_request"}';
  return [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/json',
    `content-length: ${body.length}`,
    `${REQUEST_ID}: ${requestIdOf(undefined)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
