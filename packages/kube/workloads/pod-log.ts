import type { CallOptions, KubeApi } from '../api/api.ts';
import { pathOf, pods } from '../api/resource.ts';

export interface LogOptions extends CallOptions {
  readonly container?: string;
  /** The container before its last restart. */
  readonly previous?: boolean;
  readonly tailLines?: number;
}

/** @throws KubeError, e.g. 400 before the container has started */
export function podLog(api: KubeApi, namespace: string, pod: string, options: LogOptions = {}): Promise<string> {
  const { container, previous, tailLines, ...call } = options;
  const query = new URLSearchParams({
    ...(container === undefined ? {} : { container }),
    ...(previous === true ? { previous: 'true' } : {}),
    ...(tailLines === undefined ? {} : { tailLines: String(tailLines) }),
  });
  return api.text(`${pathOf(pods, namespace, pod)}/log?${query}`, call);
}
