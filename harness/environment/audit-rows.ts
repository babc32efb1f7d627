import { randomUUID } from 'node:crypto';
import { exchange } from '../http/exchange.ts';
import { Problem } from '../problem.ts';
import type { Operator } from '../services/operators.ts';
import type { Environment } from './environment.ts';
import type { Site } from './site.ts';

/** A request of somebody who has logged in, and what it was answered. */
export interface AskedRequest {
  readonly requestId: string;
  readonly sub: string;
  readonly path: string;
  readonly status: number;
}

/** A row of `audit_log` with all the columns that there are, as Postgres' driver reads them. */
export type AuditRow = Readonly<Record<string, unknown>>;

/** Who asks for what; the last may not, and is in the audit log all the same. */
const requests: readonly (readonly [Operator, string, number])[] = [
  ['operator', '/api/v1/health', 200],
  ['admin', '/api/v1/health/live', 200],
  ['reader', '/api/v1/health', 403],
];
const deadlineMs = 15_000;

/**
 * Makes authenticated requests through the ingress controller, each of which leaves a row.
 *
 * @throws Problem when one isn't answered as it must be
 */
export async function askAuthenticated(
  environment: Environment,
  { host, namespace }: Site,
  signal: AbortSignal,
): Promise<readonly AskedRequest[]> {
  const { authority, ingress, openId } = environment;
  const asked: AskedRequest[] = [];
  for (const [operator, path, expected] of requests) {
    const requestId = randomUUID();
    const token = await openId.token(operator, { kind: 'sound' });
    const { status, body } = await exchange({
      url: new URL(`https://${host}${path}`),
      tls: { ca: [authority.certificatePem] },
      connectTo: ingress.address,
      headers: { authorization: `Bearer ${token}`, 'x-request-id': requestId },
      deadlineMs,
      signal,
    });
    if (status !== expected) {
      throw new Problem({
        expected: `${expected} from ${path} for the ${operator}`,
        observed: `${status} ${body.slice(0, 200)}`,
        next: `kubectl -n ${namespace} logs -l app.kubernetes.io/component=backplane`,
      });
    }
    asked.push({ requestId, sub: openId.operators[operator].sub, path, status });
  }
  return asked;
}

/** The rows that requests left, in the order in which they were written. */
export function rowsOf({ database }: Site, requestIds: readonly string[]): Promise<readonly AuditRow[]> {
  return database.query('SELECT * FROM audit_log WHERE request_id = ANY($1::uuid[]) ORDER BY occurred_at, id', [
    requestIds,
  ]);
}
