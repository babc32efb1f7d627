import type { HttpAnswer } from '../http/exchange.ts';
import { statusText } from '../http/status-text.ts';
import { TransportError } from '../http/transport-error.ts';
import { isFields } from './fields.ts';
import { KubeError } from './kube-error.ts';
import { NotKubernetes } from './not-kubernetes.ts';
import { shapeOf } from './object-shapes.ts';
import type { Resource } from './resource.ts';
import { mismatch } from './shape.ts';

/** An answer with what its body is as JSON; undefined where it is none. */
export interface ApiAnswer extends HttpAnswer {
  readonly json: unknown;
}

/** Which call it was, for messages. */
export interface Asked {
  readonly server: URL;
  readonly method: string;
  readonly path: string;
}

/** @throws TransportError for JSON that breaks off in the middle: it comes whole when it is asked for again */
export function parsed(answer: HttpAnswer, { server }: Asked): ApiAnswer {
  try {
    return { ...answer, json: JSON.parse(answer.body) };
  } catch (error) {
    if (answer.status < 300 && isJson(answer) && /^\s*[[{]/.test(answer.body)) {
      const observed = `the answer of ${server.host} breaks off after ${answer.body.length} characters`;
      throw new TransportError('reset', observed, 'look at what stands between here and the API server', {
        cause: error,
      });
    }
    return { ...answer, json: undefined };
  }
}

/** @returns what a refusal is thrown as: the API server's no, or that something else answers there */
export function refusal(answer: ApiAnswer, asked: Asked): KubeError | NotKubernetes {
  const { status, json } = answer;
  const isStatus = isFields(json) && json['kind'] === 'Status';
  if (status < 400) {
    return notKubernetes(asked, `it answers ${status} ${statusText(status) ?? ''}`.trim());
  }
  // A gateway's own 404 would be taken for an object that is gone. The server's mux says it in these words.
  if (status === 404 && !isStatus && !answer.body.startsWith('404 page not found')) {
    return notKubernetes(asked, `it sends 404 with ${contentOf(answer)}`);
  }
  return KubeError.ofAnswer(asked.method, asked.path, answer);
}

/** @throws NotKubernetes unless the answer is an object of this kind */
export function objectOf<T>(answer: ApiAnswer, resource: Resource<T>, asked: Asked): T {
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

/** A list, or as much of it as was asked for. */
export interface PartOfList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** What to go on with; undefined at its end. */
  readonly next: string | undefined;
}

/** @throws NotKubernetes unless the answer is a list of this kind. A list that is none must never be taken for an empty one. */
export function listOf<T>(answer: ApiAnswer, kind: string, asked: Asked): PartOfList<T> {
  const { json } = answer;
  if (!isFields(json)) {
    throw notKubernetes(asked, `it sends ${contentOf(answer)}`);
  }
  // Anything with items could pass for an empty list otherwise.
  if (json['kind'] === undefined) {
    throw notKubernetes(asked, `it sends an object without a kind as a ${kind}List`);
  }
  assertKind(json, `${kind}List`, asked);
  const { items, metadata } = json;
  // Go writes a list without items as null.
  if (!(Array.isArray(items) || items === null)) {
    throw notKubernetes(asked, 'it sends an object without items');
  }
  const list: readonly unknown[] = items ?? [];
  for (const item of list) {
    if (!isFields(item) || !isFields(item['metadata'])) {
      throw notKubernetes(asked, 'it sends items that are no objects with metadata');
    }
    assertShape(item, kind, asked);
    // Who has written which field is often half of an object, and nobody here reads it.
    Reflect.deleteProperty(item['metadata'], 'managedFields');
  }
  const { resourceVersion: version, continue: next } = isFields(metadata) ? metadata : {};
  return {
    items: list as readonly T[],
    resourceVersion: typeof version === 'string' ? version : '',
    next: typeof next === 'string' && next !== '' ? next : undefined,
  };
}

function assertKind(json: Readonly<Record<string, unknown>>, wanted: string, asked: Asked) {
  const kind = json['kind'];
  if (kind !== undefined && kind !== wanted) {
    throw notKubernetes(
      asked,
      `it sends ${typeof kind === 'string' ? `a ${kind.slice(0, 60)}` : 'a kind that is no text'} as a ${wanted}`,
    );
  }
}

function assertShape(object: unknown, kind: string, asked: Asked): void {
  const problem = mismatch(object, shapeOf(kind));
  if (problem !== undefined) {
    throw notKubernetes(asked, `in the ${kind} that it sends, ${problem}`);
  }
}

export function notKubernetes({ server, method, path }: Asked, observed: string, cause?: unknown): NotKubernetes {
  return new NotKubernetes(server, `${observed} (${method} ${path.split('?', 1)[0]})`, { cause });
}

function isJson({ headers }: HttpAnswer): boolean {
  return /^application\/(\S+\+)?json\b/.test(headers['content-type'] ?? '');
}

/** In a word, and never the text itself: it may be anybody's. */
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
