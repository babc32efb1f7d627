import { StringDecoder } from 'node:string_decoder';
import { type Asked, notKubernetes } from './answer.ts';
import { isFields } from './fields.ts';
import { KubeError } from './kube-error.ts';
import { shapeOf } from './object-shapes.ts';
import type { Resource } from './resource.ts';
import { mismatch } from './shape.ts';

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

/** An object is kept in etcd in at most 1.5 MB; as JSON it is some times that. */
const lineLimit = 16 * 1024 * 1024;

/** The lines of a watch. @throws NotKubernetes for one that doesn't end where any object would */
export async function* linesOf(stream: AsyncIterable<Buffer>, asked: Asked): AsyncGenerator<string> {
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

/** @returns undefined for a line that tells of no change. @throws KubeError that the event carries; NotKubernetes for what is none */
export function eventOf<T>(line: string, { kind }: Resource<T>, asked: Asked): WatchEvent<T> | undefined {
  let event: unknown;
  try {
    event = JSON.parse(line);
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
