import type { ApiAnswer } from './answer.ts';
import type { ApiCalls, Call } from './api-calls.ts';
import { ifUnchangedSince } from './in-doubt.ts';
import { isAbsence, isConflict } from './kube-error.ts';
import { pathOf, type Resource } from './resource.ts';

export interface Change {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly call: Call & { readonly body: object };
}

export interface ChangedObject {
  readonly resource: Resource<unknown>;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly isDone: (found: unknown) => boolean;
}

const lateLookMs = 5000;

/**
 * Makes a change at most once: after a lost answer it looks first, and patches only the state seen.
 * @throws KubeError, NotKubernetes, TransportError
 */
export async function changeOnce(
  calls: ApiCalls,
  { method, path, call }: Change,
  { resource, namespace, name, isDone }: ChangedObject,
): Promise<ApiAnswer> {
  const { signal, body } = call;
  let found: ApiAnswer | undefined;
  let isInDoubt = false;
  const doneAlready = async (leftMs: number): Promise<ApiAnswer | undefined> => {
    isInDoubt = true;
    const options = { persistForMs: leftMs, ...(signal === undefined ? {} : { signal }) };
    found = await calls.make('GET', pathOf(resource, namespace, name), options).catch(undefinedIfAbsent);
    return found !== undefined && isDone(found.json) ? found : undefined;
  };
  const bodyNow = () => (method === 'PATCH' && found !== undefined ? ifUnchangedSince(found.json, body) : body);
  try {
    return await calls.make(method, path, { ...call, bodyNow, ifPerhapsDone: doneAlready });
  } catch (error) {
    // The lost attempt may succeed after the look.
    const done = isInDoubt && isConflict(error) ? await doneAlready(lateLookMs) : undefined;
    if (done === undefined) {
      throw error;
    }
    return done;
  }
}

function undefinedIfAbsent(error: unknown): undefined {
  if (!isAbsence(error)) {
    throw error;
  }
}
