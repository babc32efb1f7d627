import type { KubernetesObject, V1Job, V1PodSpec } from '@kubernetes/client-node';

const HOOK = 'helm.sh/hook';
const WEIGHT = 'helm.sh/hook-weight';

export const isHook = ({ metadata }: KubernetesObject): boolean => metadata?.annotations?.[HOOK] !== undefined;

/** `Kind/name` of what a pod can't start without. */
function neededBy(pod: V1PodSpec): readonly string[] {
  const account = pod.serviceAccountName === undefined ? [] : [`ServiceAccount/${pod.serviceAccountName}`];
  const environment = pod.containers.flatMap((container) => [
    ...(container.envFrom ?? []).flatMap(({ configMapRef, secretRef }) => [
      ...(configMapRef?.name === undefined ? [] : [`ConfigMap/${configMapRef.name}`]),
      ...(secretRef?.name === undefined ? [] : [`Secret/${secretRef.name}`]),
    ]),
    ...(container.env ?? []).flatMap(({ valueFrom }) => [
      ...(valueFrom?.secretKeyRef?.name === undefined ? [] : [`Secret/${valueFrom.secretKeyRef.name}`]),
      ...(valueFrom?.configMapKeyRef?.name === undefined ? [] : [`ConfigMap/${valueFrom.configMapKeyRef.name}`]),
    ]),
  ]);
  const volumes = (pod.volumes ?? []).flatMap(({ configMap, secret }) => [
    ...(configMap?.name === undefined ? [] : [`ConfigMap/${configMap.name}`]),
    ...(secret?.secretName === undefined ? [] : [`Secret/${secret.secretName}`]),
  ]);
  return [...new Set([...account, ...environment, ...volumes])];
}

/**
 * What a hook's Job would miss on a cold install: neither `given` nor made by a hook of the same events and lower
 * weight. An ExternalSecret makes its Secret.
 */
export function missingBefore(
  job: V1Job,
  objects: readonly KubernetesObject[],
  given: readonly string[],
): readonly string[] {
  const events = eventsOf(job);
  const earlier = objects
    .filter((object) => isHook(object) && weightOf(object) < weightOf(job))
    .filter((object) => events.every((event) => eventsOf(object).includes(event)))
    .flatMap(madeBy);
  const pod = job.spec?.template.spec;
  return pod === undefined ? [] : neededBy(pod).filter((name) => !given.includes(name) && !earlier.includes(name));
}

export const eventsOf = ({ metadata }: KubernetesObject): readonly string[] =>
  metadata?.annotations?.[HOOK]?.split(',').map((event) => event.trim()) ?? [];

export const weightOf = ({ metadata }: KubernetesObject): number => Number(metadata?.annotations?.[WEIGHT] ?? 0);

function madeBy(object: KubernetesObject): readonly string[] {
  const own = `${object.kind}/${object.metadata?.name}`;
  const target =
    'spec' in object ? (object.spec as { target?: { name?: string } } | undefined)?.target?.name : undefined;
  return object.kind === 'ExternalSecret' && target !== undefined ? [own, `Secret/${target}`] : [own];
}
