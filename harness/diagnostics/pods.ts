import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

/** The name of a pod that the API server gave us; every one has it. */
export function podName(pod: V1Pod): string {
  return pod.metadata?.name ?? '(unnamed)';
}

/** Init containers first: they are what a pod waits for first. */
export function containerStatuses(pod: V1Pod): readonly V1ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

export function isMigrationPod(pod: V1Pod): boolean {
  return pod.metadata?.labels?.['app.kubernetes.io/component'] === 'migrate';
}
