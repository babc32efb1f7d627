import type { CallOptions, KubeApi } from '../api/api.ts';
import { deployments, events, jobs, pods, replicaSets } from '../api/resource.ts';
import { podTrouble, warningsAbout } from './pod-trouble.ts';

/**
 * Puts the most telling first: pods, then the newest warnings, which cover pods never created.
 * @returns at most five lines; throws as any call
 */
export async function troublesOf(
  api: KubeApi,
  namespace: string,
  labels: string,
  options: CallOptions = {},
): Promise<readonly string[]> {
  const scope = { namespace, labels };
  const [podList, warnings, ...owners] = await Promise.all([
    api.list(pods, scope, options),
    api.list(events, { namespace, fields: 'type=Warning' }, options),
    api.listMetadata(deployments, scope, options),
    api.listMetadata(replicaSets, scope, options),
    api.listMetadata(jobs, scope, options),
  ]);
  const objects = [...podList.items, ...owners.flatMap(({ items }) => items)];
  const uids = new Set(objects.flatMap(({ metadata }) => metadata?.uid ?? []));
  const said = podList.items.flatMap((pod) => podTrouble(pod) ?? []);
  return [...said, ...warningsAbout(uids, warnings.items, 3)].slice(0, 5);
}
