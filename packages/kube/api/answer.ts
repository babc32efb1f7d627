import { adviceFor } from '@meho/core/http/advice';
import { parseJson, TooManyMembers } from '@meho/core/http/bounded-json';
import type { HttpAnswer } from '@meho/core/http/exchange';
import { statusText } from '@meho/core/http/status-text';
import { TransportError } from '@meho/core/http/transport-error';
import { isFields } from './fields.ts';
import { KubeError } from './kube-error.ts';
import { NotKubernetes } from './not-kubernetes.ts';
import { shapeOf } from './object-shapes.ts';
import type { Resource } from './resource.ts';
import { mismatch } from './shape.ts';

export interface ApiAnswer extends HttpAnswer {
  readonly json: unknown;
}

/** For messages. */
export interface ApiRequest {
  readonly server: URL;
  readonly method: string;
  readonly path: string;
}

/** @throws TransportError for truncated JSON: asking again helps */
export function parseAnswer(answer: HttpAnswer, { server }: ApiRequest): ApiAnswer {
  try {
    return { ...answer, json: parseJson(answer.body) };
  } catch (error) {
    if (error instanceof TooManyMembers) {
      const observed = `${server.host} sent more than can be read: ${error.message}`;
      throw new TransportError('too-large', observed, adviceFor['api-server'].address, { cause: error });
    }
    if (answer.status < 300 && isJson(answer) && /^\s*[[{]/.test(answer.body)) {
      const observed = `the answer of ${server.host} breaks off after ${answer.body.length} characters`;
      throw new TransportError('reset', observed, 'look at what stands between here and the API server', {
        cause: error,
      });
    }
    return { ...answer, json: undefined };
  }
}

export function refusal(answer: ApiAnswer, asked: ApiRequest): KubeError | NotKubernetes {
  const { status, json } = answer;
  const isStatus = isFields(json) && json['kind'] === 'Status';
  if (status < 400) {
    return notKubernetes(asked, `it answers ${status} ${statusText(status) ?? ''}`.trim());
  }
  // The server's mux says this; a gateway's own 404 doesn't mean that the object is gone.
  if (status === 404 && !isStatus && !answer.body.startsWith('404 page not found')) {
    return notKubernetes(asked, `it sends 404 with ${contentOf(answer)}`);
  }
  return KubeError.ofAnswer(asked.method, asked.path, answer);
}

/** @throws NotKubernetes unless of this kind */
export function objectOf<T>(answer: ApiAnswer, resource: Resource<T>, asked: ApiRequest): T {
  const { json } = answer;
  if (!isFields(json)) {
    throw notKubernetes(asked, `it sends ${contentOf(answer)}`);
  }
  assertKind(json, resource.kind, asked);
  if (!isFields(json['metadata']) && !(resource.stored === false && isFields(json['status']))) {
    throw notKubernetes(asked, `it sends an object without metadata`);
  }
  assertShape(json, resource.kind, asked);
  return json as T;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

/** @throws NotKubernetes unless of this kind: nothing else may pass for an empty list */
export function listOf<T>(answer: ApiAnswer, kind: string, asked: ApiRequest): ListPage<T> {
  const { json } = answer;
  if (!isFields(json)) {
    throw notKubernetes(asked, `it sends ${contentOf(answer)}`);
  }
  // Anything with items could pass for an empty list.
  if (json['kind'] === undefined) {
    throw notKubernetes(asked, `it sends an object without a kind as a ${kind}List`);
  }
  assertKind(json, `${kind}List`, asked);
  const { items, metadata } = json;
  // Go writes an empty list as null.
  if (!(Array.isArray(items) || items === null)) {
    throw notKubernetes(asked, 'it sends an object without items');
  }
  const list: readonly unknown[] = items ?? [];
  for (const item of list) {
    if (!isFields(item) || !isFields(item['metadata'])) {
      throw notKubernetes(asked, 'it sends items that are no objects with metadata');
    }
    assertShape(item, kind, asked);
    // Often half of an object, and unused.
    Reflect.deleteProperty(item['metadata'], 'managedFields');
  }
  const { resourceVersion: version, continue: next } = isFields(metadata) ? metadata : {};
  return {
    items: list as readonly T[],
    resourceVersion: typeof version === 'string' ? version : '',
    next: typeof next === 'string' && next !== '' ? next : undefined,
  };
}

function assertKind(json: Readonly<Record<string, unknown>>, wanted: string, asked: ApiRequest) {
  const kind = json['kind'];
  if (kind !== undefined && kind !== wanted) {
    throw notKubernetes(
      asked,
      `it sends ${typeof kind === 'string' ? `a ${kind.slice(0, 60)}` : 'a kind that is no text'} as a ${wanted}`,
    );
  }
}

function assertShape(object: unknown, kind: string, asked: ApiRequest): void {
  const problem = mismatch(object, shapeOf(kind));
  if (problem !== undefined) {
    throw notKubernetes(asked, `in the ${kind} that it sends, ${problem}`);
  }
}

export function notKubernetes({ server, method, path }: ApiRequest, observed: string, cause?: unknown): NotKubernetes {
  return new NotKubernetes(server, `${observed} (${method} ${path.split('?', 1)[0]})`, { cause });
}

function isJson({ headers }: HttpAnswer): boolean {
  return /^application\/(\S+\+)?json\b/.test(headers['content-type'] ?? '');
}

/** Never quotes it: it may be secret. */
function contentOf({ body, json }: ApiAnswer): string {
  if (json !== undefined) {
    return json === null
      ? 'null'
      : Array.isArray(json)
        ? 'a list'
        : isFields(json)
          ? 'an object of its own'
          : `a ${typeof json}`;
  }
  if (body.trim() === '') {
    return 'nothing';
  }
  return /^\s*<(!doctype|html)/i.test(body) ? 'HTML' : 'something other than JSON';
}
