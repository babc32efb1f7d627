import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalServer, serveHttps } from '@meho/core/http/testing/local-server';
import type { Authority } from '@meho/core/testing/authority';

export { type Authority, createAuthority } from '@meho/core/testing/authority';

export const STUB_HOST = 'meho.example.com';
export const STUB_SHA = '3f2a9c1d5e6b7a8091a2b3c4d5e6f708192a3b4c';
export const STUB_TOKEN = 'eyJhbGciOiJub25lIn0.stub-token.signature';
export const STUB_SUB = '7d0c2f7e-3b1a-4f60-9a34-5f6f0f3b8c11';

export const STUB_REQUEST_ID = 'b7e1f0aa-0000-4000-8000-000000000001';

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** By path; `GET /api/v1/health` with a token has its own key. */
export interface Faults {
  readonly '/healthz'?: Behaviour;
  readonly '/version'?: Behaviour;
  readonly anonymous?: Behaviour;
  readonly operator?: Behaviour;
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  };
}

export const HEALTHY = {
  operator: { sub: STUB_SUB, name: 'Ada Operator', email: 'ada@example.com' },
  vault: { reachable: true, read_ok: true, detail: 'version=3' },
  db: { migrated: true },
};

/**
 * Serves a backplane's surface over HTTPS on loopback.
 *
 * @param token the one it accepts
 */
export async function serveStub(authority: Authority, faults: Faults = {}, token = STUB_TOKEN): Promise<LocalServer> {
  const id = { 'x-request-id': STUB_REQUEST_ID };
  return serveHttps(await authority.issue({ dnsNames: [STUB_HOST] }), (request, response) => {
    const withToken = request.headers.authorization === `Bearer ${token}`;
    switch (request.url) {
      case '/healthz':
        return (faults['/healthz'] ?? json(200, { status: 'ok' }, id))(request, response);
      case '/version':
        return (faults['/version'] ?? json(200, { git_sha: STUB_SHA, build_date: 'x', chart_version: '0.1.0' }, id))(
          request,
          response,
        );
      case '/api/v1/health':
        return withToken
          ? (faults.operator ?? json(200, HEALTHY, id))(request, response)
          : (faults.anonymous ?? json(401, { detail: 'missing_token' }, id))(request, response);
      default:
        return json(404, { detail: 'not_found' }, id)(request, response);
    }
  });
}
