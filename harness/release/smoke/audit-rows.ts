import { randomUUID } from 'node:crypto';
import { exchange } from '@meho/core/http/exchange';
import { Problem } from '@meho/core/problem';
import type { Operator } from '../../services/operators.ts';
import type { Environment } from '../environment/environment.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

export interface AuthenticatedRequest {
  readonly requestId: string;
  readonly sub: string;
  readonly path: string;
  readonly status: number;
}

/** Column values as the Postgres driver returns them. */
export type AuditRow = Readonly<Record<string, unknown>>;

/** The reader is refused, but audited too. */
const requests: readonly (readonly [Operator, string, number])[] = [
  ['operator', '/api/v1/health', 200],
  ['admin', '/api/v1/health/live', 200],
  ['reader', '/api/v1/health', 403],
];
const deadlineMs = 15_000;

/**
 * Makes authenticated requests through the ingress; each leaves an audit row.
 *
 * @throws Problem on an unexpected status
 */
export async function sendAuthenticated(
  environment: Environment,
  { host, namespace }: InstallTarget,
  signal: AbortSignal,
): Promise<readonly AuthenticatedRequest[]> {
  const { authority, ingress, openId } = environment;
  const asked: AuthenticatedRequest[] = [];
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

/** Returns rows in the order they were written. */
export function rowsOf({ database }: InstallTarget, requestIds: readonly string[]): Promise<readonly AuditRow[]> {
  return database.query('SELECT * FROM audit_log WHERE request_id = ANY($1::uuid[]) ORDER BY occurred_at, id', [
    requestIds,
  ]);
}
