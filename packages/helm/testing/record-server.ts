import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveHttp } from '@meho/core/http/testing/local-server';
import { KubeApi } from '@meho/kube/api/api';
import { listKindOf } from '@meho/kube/testing/list-kind';
import type { StoredRecord } from '../storage.ts';

export interface ServedNamespace {
  readonly records?: readonly StoredRecord[];
  readonly jobs?: readonly object[];
  readonly deployments?: readonly object[];
}

/**
 * Lists by label and finds by name, as an API server does.
 *
 * @param fault may answer instead, and then returns true
 */
export async function serveNamespace(
  { records = [], jobs = [], deployments = [] }: ServedNamespace,
  fault?: (request: IncomingMessage, response: ServerResponse) => boolean,
) {
  const asked: string[] = [];
  const kept = (kind: StoredRecord['kind']) => records.filter((record) => record.kind === kind);
  const served: Readonly<Record<string, readonly { readonly metadata?: object }[]>> = {
    ...{ secrets: kept('Secret'), configmaps: kept('ConfigMap'), jobs, deployments },
  };
  const server = await serveHttp((request, response) => {
    if (fault?.(request, response) === true) {
      return undefined;
    }
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [, plural = '', name] = /\/namespaces\/[^/]+\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
    const wanted = (searchParams.get('labelSelector') ?? '').split(',').filter((pair) => pair !== '');
    asked.push(plural);
    const objects = (served[plural] ?? []) as readonly Labelled[];
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (name !== undefined) {
      const found = objects.find(({ metadata }) => metadata?.name === name);
      return found === undefined ? answer(404, { kind: 'Status', code: 404 }) : answer(200, found);
    }
    // Unlabelled objects belong to the release.
    const fits = ({ metadata }: Labelled) =>
      metadata?.labels === undefined || wanted.every((pair) => pair === pairOf(metadata.labels, pair));
    const metadataOnly = request.headers.accept?.includes('PartialObjectMetadata') === true;
    const items = objects.filter(fits).map((object) => (metadataOnly ? { metadata: object.metadata } : object));
    return answer(200, { kind: listKindOf(request), metadata: {}, items });
  });
  const api = new KubeApi({
    server: new URL(`http://127.0.0.1:${server.port}`),
    tls: {},
    identity: { credentials: async () => ({}), impersonate: {} },
    description: 'a test',
  });
  const close = async () => {
    api[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  };
  return { api, port: server.port, asked: asked as readonly string[], [Symbol.asyncDispose]: close };
}

interface Labelled {
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
}

function pairOf(labels: Readonly<Record<string, string>> | undefined, pair: string): string {
  const [label = ''] = pair.split('=');
  return `${label}=${labels?.[label]}`;
}
