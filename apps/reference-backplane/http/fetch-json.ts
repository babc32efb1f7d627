import { NamedError } from '../error-class.ts';

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined if it isn't JSON: a proxy's error page must not hide the status. */
  readonly body: unknown;
}

/**
 * Doesn't follow redirects, because the token must not be sent elsewhere.
 *
 * @throws Error if there is no answer; `classOf` names the reason
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

export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
}

export function unexpectedStatus(status: number): NamedError {
  return new NamedError('HTTPStatusError', `answered ${status}`);
}
