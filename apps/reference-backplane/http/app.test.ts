import { describe, expect, test } from 'vitest';
import type { Operator } from '../auth/operator.ts';
import { TokenFault } from '../auth/token-fault.ts';
import type { AuditEntry } from '../database/audit-log.ts';
import { parseTrustedProxies } from '../settings/trusted-proxies.ts';
import { type AppServices, createApp } from './app.ts';

const OPERATOR: Operator = {
  sub: 'f3b0',
  name: 'Op Erator',
  email: 'op@example.com',
  tenantId: '0b8f7d0e-0000-4000-8000-000000000001',
  tenantRole: 'operator',
};
const VERSION = { gitSha: '82fd534', buildDate: '2026-01-02T03:04:05Z', chartVersion: null };
const FEDERATION = { reachable: true, read_ok: true, detail: 'version=3' };

function appWith(changes: Partial<AppServices> = {}, trusted = '127.0.0.1') {
  const rows: AuditEntry[] = [];
  const services: AppServices = {
    authenticate: async (header) => {
      if (header === undefined) {
        throw new TokenFault('missing_token');
      }
      return { operator: OPERATOR, token: 'a.b.c' };
    },
    record: async (entry) => {
      rows.push(entry);
      return { id: '1', occurredAt: new Date(0) };
    },
    broadcast: { publish: async () => undefined },
    readiness: async () => ({ status: 'ready', checks: [] }),
    checkFederation: async () => FEDERATION,
    isMigrated: async () => true,
    isDraining: () => false,
    ...changes,
  };
  const app = createApp({ trustedProxies: parseTrustedProxies(trusted), version: VERSION }, services, false);
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });
  return { app, rows, get };
}

const TOKEN = { authorization: 'Bearer a.b.c' };

describe('without a token', () => {
  test('/healthz and /version answer', async () => {
    const { get } = appWith();
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await get('/version')).json()).toEqual({
      git_sha: '82fd534',
      build_date: '2026-01-02T03:04:05Z',
      chart_version: null,
    });
  });

  test('/ready is 200 or 503', async () => {
    expect((await appWith().get('/ready')).statusCode).toBe(200);
    const { get } = appWith({ readiness: async () => ({ status: 'not_ready', checks: [] }) });
    expect((await get('/ready')).statusCode).toBe(503);
  });

  test.each(['/api/v1/health', '/api/v1/health/live'])('%s is 401, and no row is written', async (url) => {
    const { get, rows } = appWith();
    const response = await get(url);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toEqual({ detail: 'missing_token' });
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(rows).toEqual([]);
  });
});

describe('every response carries a request id', () => {
  test.each([
    ['/healthz', 200],
    ['/api/v1/health', 401],
    ['/nowhere', 404],
    ['/healthz/', 307],
    ['/%zz', 400],
  ])('%s', async (url, status) => {
    const { get } = appWith();
    const passed = await get(url, { 'x-request-id': 'mine' });
    expect(passed.statusCode).toBe(status);
    expect(passed.headers['x-request-id']).toBe('mine');
    expect((await get(url)).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('also a failure inside', async () => {
    const { get } = appWith({ readiness: () => Promise.reject(new Error('secret')) });
    const response = await get('/ready', { 'x-request-id': 'mine' });
    expect(response.statusCode).toBe(500);
    expect(response.headers['x-request-id']).toBe('mine');
    expect(response.body).not.toContain('secret');
  });
});

describe('with a token', () => {
  test('/api/v1/health tells who, Vault and the schema, and is audited', async () => {
    const { get, rows } = appWith();
    const response = await get('/api/v1/health?x=1', { ...TOKEN, 'x-request-id': 'mine' });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      operator: { sub: 'f3b0', name: 'Op Erator', email: 'op@example.com' },
      vault: FEDERATION,
      db: { migrated: true },
    });
    expect(response.headers['server-timing']).toMatch(
      /^token;dur=[\d.]+, (vault|schema);dur=[\d.]+, (vault|schema);dur=[\d.]+, audit;dur=[\d.]+, broadcast;dur=[\d.]+$/,
    );
    const expected = { operatorSub: 'f3b0', method: 'GET', path: '/api/v1/health', statusCode: 200, requestId: 'mine' };
    expect(rows).toMatchObject([expected]);
  });

  test('of a role that may not, it is 403, audited as such; /live takes any role', async () => {
    const { get, rows } = appWith({
      authenticate: async () => ({ operator: { ...OPERATOR, tenantRole: 'read_only' }, token: 'a.b.c' }),
    });
    const response = await get('/api/v1/health', TOKEN);
    expect(response.statusCode).toBe(403);
    expect(response.json()).toEqual({ detail: 'insufficient_role' });
    expect((await get('/api/v1/health/live', TOKEN)).statusCode).toBe(200);
    expect(rows.map(({ statusCode }) => statusCode)).toEqual([403, 200]);
  });

  test('no row, no 200', async () => {
    const { get } = appWith({ record: () => Promise.reject(new Error('connection refused')) });
    const response = await get('/api/v1/health', TOKEN);
    expect(response.statusCode).toBe(503);
    expect(response.json()).toEqual({ detail: 'audit_unavailable' });
  });

  test('a broker that is away costs nobody a request', async () => {
    const { get } = appWith({ broadcast: { publish: () => Promise.reject(new Error('gone')) } });
    expect((await get('/api/v1/health', TOKEN)).statusCode).toBe(200);
  });

  test('a fault inside is 500, audited, and says nothing', async () => {
    const { get, rows } = appWith({ isMigrated: () => Promise.reject(new Error('secret')) });
    const response = await get('/api/v1/health', TOKEN);
    expect(response.json()).toEqual({ detail: 'internal_error' });
    expect(rows.map(({ statusCode }) => statusCode)).toEqual([500]);
  });

  test('keys that cannot be had are 503, not the caller to blame', async () => {
    const { get } = appWith({ authenticate: () => Promise.reject(new TokenFault('jwks_unavailable')) });
    expect((await get('/api/v1/health', TOKEN)).statusCode).toBe(503);
  });
});

describe('behind a proxy', () => {
  const forwarded = { host: 'meho.example.com', 'x-forwarded-proto': 'https' };

  test('that is trusted, redirects keep the scheme of the client', async () => {
    const response = await appWith().get('/version/?a=1', forwarded);
    expect(response.statusCode).toBe(307);
    expect(response.headers.location).toBe('https://meho.example.com/version?a=1');
  });

  test('that is not, the header is ignored', async () => {
    const response = await appWith({}, '10.0.0.0/8').get('/version/', forwarded);
    expect(response.headers.location).toBe('http://meho.example.com/version');
  });
});

test('a process that drains tells proxies not to come back', async () => {
  const response = await appWith({ isDraining: () => true }).get('/healthz');
  expect(response.statusCode).toBe(200);
  expect(response.headers.connection).toBe('close');
});

test('another method on a known path is 405', async () => {
  const response = await appWith().app.inject({ method: 'POST', url: '/api/v1/health', headers: TOKEN });
  expect(response.statusCode).toBe(405);
});
