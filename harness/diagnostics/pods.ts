import type { ContainerStatus, Pod } from '../kube/resource.ts';

/** The name of a pod that the API server gave us; every one has it. */
export function podName(pod: Pod): string {
  return pod.metadata?.name ?? '(unnamed)';
}

/** Init containers first: they are what a pod waits for first. */
export function containerStatuses(pod: Pod): readonly ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

export function isMigrationPod(pod: Pod): boolean {
  return pod.metadata?.labels?.['app.kubernetes.io/component'] === 'migrate';
}

/** The scheduler has looked, and no node takes the pod as things are. */
export function isUnschedulable(pod: Pod): boolean {
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return condition?.status === 'False' && condition.reason === 'Unschedulable';
}
