import type { CallOptions, KubeApi } from './api.ts';
import { pathOf, pods } from './resource.ts';

export interface LogOptions extends CallOptions {
  readonly container?: string;
  /** The container before its last restart. */
  readonly previous?: boolean;
  /** Only the last lines. */
  readonly tailLines?: number;
}

/** A container's log so far. @throws KubeError, e.g. 400 while the container has not started */
export function podLog(api: KubeApi, namespace: string, pod: string, options: LogOptions = {}): Promise<string> {
  const { container, previous, tailLines, ...call } = options;
  const query = new URLSearchParams({
    ...(container === undefined ? {} : { container }),
    ...(previous === true ? { previous: 'true' } : {}),
    ...(tailLines === undefined ? {} : { tailLines: String(tailLines) }),
  });
  return api.text(`${pathOf(pods, namespace, pod)}/log?${query}`, call);
}
