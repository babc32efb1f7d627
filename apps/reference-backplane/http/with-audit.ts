import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate, Authenticated } from '../auth/authenticator.ts';
import type { TenantRole } from '../auth/operator.ts';
import { TokenFault } from '../auth/token-fault.ts';
import type { Broadcast } from '../broadcast/broadcast.ts';
import type { AuditEntry, AuditRow } from '../database/audit-log.ts';
import { classOf, describe } from '../error-class.ts';
import { ServerTiming } from './server-timing.ts';

export interface RouteReply {
  readonly status: number;
  readonly body: unknown;
}

export interface AuditedServices {
  readonly authenticate: Authenticate;
  readonly record: (entry: AuditEntry) => Promise<AuditRow>;
  readonly broadcast: Pick<Broadcast, 'publish'>;
}

/**
 * Commits the audit row before any answer, or else answers 503 `audit_unavailable`. The broadcast comes afterwards and
 * may fail, because the row is the record.
 */
export function withAudit(
  { authenticate, record, broadcast }: AuditedServices,
  roles: readonly TenantRole[],
  handle: (caller: Authenticated, timing: ServerTiming) => Promise<RouteReply>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    const startedMs = performance.now();
    const timing = new ServerTiming();
    let caller: Authenticated;
    try {
      caller = await timing.of('token', () => authenticate(request.headers.authorization));
    } catch (error) {
      return refuse(error, request.log, reply);
    }
    const answer = await answerOf(caller, roles, (who) => handle(who, timing), request.log);
    const entry: AuditEntry = {
      operatorSub: caller.operator.sub,
      tenantId: caller.operator.tenantId,
      method: request.method,
      path: pathOf(request.url),
      statusCode: answer.status,
      requestId: request.id,
      durationMs: performance.now() - startedMs,
    };
    let row: AuditRow;
    try {
      row = await timing.of('audit', () => record(entry));
    } catch (error) {
      request.log.error(describe(error), 'audit row not written');
      return reply.code(503).send({ detail: 'audit_unavailable' });
    }
    await timing
      .of('broadcast', () => broadcast.publish(entry, row))
      .catch((error: unknown) => {
        request.log.warn(describe(error), 'request not broadcast');
      });
    return reply.header('server-timing', timing.header).code(answer.status).send(answer.body);
  };
}

async function answerOf(
  caller: Authenticated,
  roles: readonly TenantRole[],
  handle: (caller: Authenticated) => Promise<RouteReply>,
  log: FastifyBaseLogger,
): Promise<RouteReply> {
  if (!roles.includes(caller.operator.tenantRole)) {
    return { status: 403, body: { detail: 'insufficient_role' } };
  }
  try {
    return await handle(caller);
  } catch (error) {
    log.error(describe(error), 'request failed');
    return { status: 500, body: { detail: 'internal_error' } };
  }
}

function refuse(error: unknown, log: FastifyBaseLogger, reply: FastifyReply): FastifyReply {
  if (!(error instanceof TokenFault)) {
    throw error;
  }
  log.info(
    { reason: error.reason, error: error.cause === undefined ? undefined : classOf(error.cause) },
    'token refused',
  );
  if (error.status === 401) {
    // RFC 6750: without a token, name only the scheme.
    const challenge = error.reason === 'missing_token' ? 'Bearer' : 'Bearer error="invalid_token"';
    reply.header('www-authenticate', challenge);
  }
  return reply.code(error.status).send({ detail: error.reason });
}

export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
