import { StringDecoder } from 'node:string_decoder';
import { parseJson } from '@meho/core/http/bounded-json';
import { type ApiRequest, notKubernetes } from '../api/answer.ts';
import { isFields } from '../api/fields.ts';
import { KubeError } from '../api/kube-error.ts';
import { shapeOf } from '../api/object-shapes.ts';
import type { Resource } from '../api/resource.ts';
import { mismatch } from '../api/shape.ts';

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

/** etcd holds at most 1.5 MB per object, several times that as JSON. */
const lineLimit = 16 * 1024 * 1024;

/** @throws NotKubernetes for a line beyond any object */
export async function* linesOf(stream: AsyncIterable<Buffer>, asked: ApiRequest): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const [head = '', ...others] = decoder.write(chunk).split('\n');
    parts.push(head);
    length += head.length;
    for (const other of others) {
      yield parts.join('');
      parts = [other];
      length = other.length;
    }
    if (length > lineLimit) {
      throw notKubernetes(asked, `it sends a line of more than ${lineLimit / 1024 / 1024} MiB`);
    }
  }
}

/** @returns undefined if nothing changed. @throws the event's KubeError; NotKubernetes if it is none */
export function eventOf<T>(line: string, { kind }: Resource<T>, asked: ApiRequest): WatchEvent<T> | undefined {
  let event: unknown;
  try {
    event = parseJson(line);
  } catch (error) {
    throw notKubernetes(asked, 'it sends a line that is no JSON', error);
  }
  const { type, object } = isFields(event) ? event : {};
  if (type === 'ERROR') {
    throw KubeError.ofStatus(asked.method, asked.path, object);
  }
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') {
    return undefined;
  }
  if (!isFields(object) || !isFields(object['metadata']) || mismatch(object, shapeOf(kind)) !== undefined) {
    throw notKubernetes(asked, `it sends an event without a ${kind}`);
  }
  return { type, object: object as T };
}
