import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type KeyPair, type LocalServer, serveHttps } from '@meho/core/http/testing/local-server';
import { listKindOf } from './list-kind.ts';

/** Undefined leaves it to the healthy server. */
export type Answerer = (
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: unknown,
) => StubAnswer | undefined;

export interface StubAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const json = { 'content-type': 'application/json' };

/**
 * Serves a client that makes one namespace and asks for its rights: stores namespaces, accepts dry runs, allows what
 * was made. `answer` goes first.
 */
export async function serveStubApi(
  keyPair: KeyPair,
  answer: Answerer,
  /** True if it has answered. */
  fault?: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<LocalServer> {
  const namespaces = new Map<string, object>();
  return serveHttps(keyPair, async (request, response) => {
    if (fault?.(request, response) === true) {
      return;
    }
    const chunks = await request.toArray();
    const text = Buffer.concat(chunks).toString('utf8');
    const sent: unknown = text === '' ? undefined : JSON.parse(text);
    const reply = answer(request, sent) ?? healthy(namespaces, request, sent);
    response.writeHead(reply.status, { ...json, ...reply.headers }).end(JSON.stringify(reply.body));
  });
}

export async function writeKubeconfig(file: string, ca: string, port: number): Promise<string> {
  const named = (kind: string, value: object) => [{ name: 'lab', [kind]: value }];
  const document = {
    'current-context': 'lab',
    clusters: named('cluster', { server: `https://127.0.0.1:${port}`, 'certificate-authority': ca }),
    users: named('user', { token: 'kube-token' }),
    contexts: named('context', { cluster: 'lab', user: 'lab' }),
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

export function statusOf(code: number, reason: string, message: string) {
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message } };
}

function healthy(
  namespaces: Map<string, object>,
  request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  sent: unknown,
): StubAnswer {
  const { method, url = '' } = request;
  const { pathname, searchParams } = new URL(url, 'https://stub');
  const name = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(pathname)?.[1];
  if (pathname.endsWith('/selfsubjectreviews')) {
    return { status: 201, body: { status: { userInfo: { username: 'lab', groups: ['labs'] } } } };
  }
  if (pathname.endsWith('/selfsubjectaccessreviews')) {
    const { spec } = sent as { readonly spec: { readonly resourceAttributes: { readonly namespace: string } } };
    return { status: 201, body: { status: { allowed: namespaces.has(spec.resourceAttributes.namespace) } } };
  }
  if (pathname === '/api/v1/namespaces' && method === 'POST') {
    const { metadata } = sent as { readonly metadata: { readonly name: string } };
    const made = { kind: 'Namespace', metadata: { ...metadata, uid: 'uid-1' } };
    namespaces.set(metadata.name, made);
    return { status: 201, body: made };
  }
  if (name !== undefined) {
    const found = namespaces.get(name);
    if (method === 'DELETE') {
      namespaces.delete(name);
    }
    return found === undefined
      ? statusOf(404, 'NotFound', `namespaces "${name}" not found`)
      : { status: 200, body: found };
  }
  if (method === 'POST') {
    return searchParams.get('dryRun') === 'All'
      ? { status: 201, body: sent }
      : statusOf(403, 'Forbidden', 'the stub keeps namespaces alone');
  }
  if (pathname.endsWith('/log')) {
    return statusOf(404, 'NotFound', 'pods "meho-verify" not found');
  }
  const items = pathname === '/api/v1/namespaces' ? [...namespaces.values()] : [];
  return { status: 200, body: { kind: listKindOf(request), metadata: { resourceVersion: '1' }, items } };
}
