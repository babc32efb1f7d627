import { randomUUID } from 'node:crypto';
import { messageOf } from '@meho/core/problem';
import type pg from 'pg';
import type { ImageN } from './image-n.ts';

/** Schema N (contract, "The backplane's surface"). */
const columns = [
  'id',
  'occurred_at',
  'operator_sub',
  'method',
  'path',
  'status_code',
  'request_id',
  'duration_ms',
  'payload',
  'tenant_id',
] as const;

/** `rows` and the JavaScript types they arrive in. */
export interface Snapshot {
  readonly rows: string;
  readonly fingerprint: string;
  readonly types: string;
}

/** @throws if a column of N can't be read */
export async function snapshot(client: pg.Client, until: Date): Promise<Snapshot> {
  const list = columns.join(', ');
  const { rows } = await client.query<{ rows: string; fingerprint: string }>(
    `SELECT count(*)::text AS rows, coalesce(sum(hashtextextended(row(${list})::text, 0)), 0)::text AS fingerprint
     FROM audit_log WHERE occurred_at <= $1`,
    [until],
  );
  const { rows: some } = await client.query<Record<string, unknown>>(
    `SELECT ${list} FROM audit_log WHERE occurred_at <= $1 ORDER BY occurred_at DESC LIMIT 1`,
    [until],
  );
  const [first] = some;
  const types =
    first === undefined
      ? ''
      : columns.map((column) => `${column}:${first[column] instanceof Date ? 'date' : typeof first[column]}`).join(' ');
  return { rows: rows[0]?.rows ?? '', fingerprint: rows[0]?.fingerprint ?? '', types };
}

export async function exercise(image: ImageN): Promise<string[]> {
  const retried = randomUUID();
  const requests = [
    ['a request', 'operator', randomUUID(), 200],
    ['a second request', 'operator', randomUUID(), 200],
    ["a request with a caller's own id", 'operator', `run-${randomUUID()}`, 200],
    ['a request of a reader', 'read_only', randomUUID(), 403],
    ['a request that is retried', 'operator', retried, 200],
    ['its retry', 'operator', retried, 200],
  ] as const;
  const failures: string[] = [];
  for (const [what, role, id, expected] of requests) {
    const { status, body } = await image.request(role, id);
    if (status !== expected) {
      failures.push(`${what} was answered ${status} ${body.slice(0, 80)}`);
    }
  }
  const ready = await image.ready();
  if (ready.status !== 200) {
    failures.push(`/ready answered ${ready.status} ${ready.body.slice(0, 120)}`);
  }
  return failures;
}

/** @throws if the rows can't be read */
export async function oddities(client: pg.Client, since: Date): Promise<string[]> {
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT ${columns.join(', ')} FROM audit_log WHERE occurred_at > $1 AND operator_sub LIKE 'corpus-%' ORDER BY occurred_at DESC LIMIT 5`,
    [since],
  );
  if (rows.length === 0) {
    return ['rows that N wrote are not there'];
  }
  return rows.flatMap((row) => [
    ...(JSON.stringify(row['payload']) === '{}' ? [] : [`payload is ${JSON.stringify(row['payload'])}`]),
    ...(typeof row['status_code'] === 'number' ? [] : [`status_code arrives as ${typeof row['status_code']}`]),
    ...(typeof row['tenant_id'] === 'string' ? [] : ['tenant_id is gone']),
  ]);
}

/** Returns the error's message instead of throwing. */
export async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly failure: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}
