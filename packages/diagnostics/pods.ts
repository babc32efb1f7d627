import type { ContainerStatus, Pod } from '@meho/kube/api/resource';

export function podName(pod: Pod): string {
  return pod.metadata?.name ?? '(unnamed)';
}

/** Init containers first: they block the others. */
export function containerStatuses(pod: Pod): readonly ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

export function isMigrationPod(pod: Pod): boolean {
  return pod.metadata?.labels?.['app.kubernetes.io/component'] === 'migrate';
}

export function isUnschedulable(pod: Pod): boolean {
  const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return condition?.status === 'False' && condition.reason === 'Unschedulable';
}

const beforeAnyContainer = ['ContainerCreating', 'PodInitializing'];

/** The kubelet hasn't come to its containers; past that, events of volumes and sandbox outlive their cause. */
export function isBeingPrepared(pod: Pod): boolean {
  return (
    pod.status?.phase === 'Pending' &&
    containerStatuses(pod).every(
      ({ state }) => state?.waiting !== undefined && beforeAnyContainer.includes(state.waiting.reason ?? ''),
    )
  );
}
