import { NamedError } from '../error-class.ts';

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** From the first packet to the last byte. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined when the body is not JSON; an error page of a proxy is no reason to hide the status. */
  readonly body: unknown;
}

/**
 * One request whose answer is JSON, within its time. Redirects are not followed: a token must not travel on.
 *
 * @throws Error when no answer came; `classOf` names why
 */
export async function fetchJson(url: string, request: JsonRequest): Promise<JsonAnswer> {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const init: RequestInit = {
    method: request.method ?? 'GET',
    redirect: 'manual',
    signal: request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]),
    headers: {
      accept: 'application/json',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
  };
  const response = await fetch(
    url,
    request.body === undefined ? init : { ...init, body: JSON.stringify(request.body) },
  );
  const text = await response.text();
  return { status: response.status, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Follows names through an unknown answer; undefined as soon as one is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
}

/** An answer that came and was not the one that is needed. */
export function unexpectedStatus(status: number): NamedError {
  return new NamedError('HTTPStatusError', `answered ${status}`);
}
