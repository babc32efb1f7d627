import type { ContainerStatus, Event, Pod } from '../api/resource.ts';

type Ended = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/**
 * Unscheduled, image not pulled, container crashing.
 * @returns e.g. `pod meho-5d…: container meho: CrashLoopBackOff (last exit code 1)`; undefined if ready
 */
export function podTrouble({ metadata, spec, status }: Pod): string | undefined {
  const pod = `pod ${metadata?.name}`;
  if (status?.phase === 'Succeeded' || isReady(status)) {
    return undefined;
  }
  const unscheduled = status?.conditions?.find(
    ({ type, status: state }) => type === 'PodScheduled' && state === 'False',
  );
  if (unscheduled !== undefined) {
    return `${pod}: not scheduled: ${unscheduled.message ?? unscheduled.reason}`;
  }
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const waiting = container.state?.waiting;
    const ended = container.state?.terminated ?? container.lastState?.terminated;
    const exit = ended === undefined ? '' : ` (${lastExit(ended)})`;
    if (waiting !== undefined && waiting.reason !== 'ContainerCreating' && waiting.reason !== 'PodInitializing') {
      const message = ended === undefined && waiting.message !== undefined ? `: ${waiting.message}` : '';
      return `${pod}: container ${container.name}: ${waiting.reason}${exit}${message}`;
    }
    if (container.state?.terminated !== undefined && container.state.terminated.exitCode !== 0) {
      return `${pod}: container ${container.name} ended${exit}`;
    }
  }
  const running = status?.containerStatuses?.find(({ ready, state }) => !ready && state?.running !== undefined);
  if (running !== undefined) {
    return `${pod}: container ${running.name} runs but is not ready${endedBefore(running)}`;
  }
  if (status?.reason !== undefined) {
    return `${pod}: ${status.reason}${status.message === undefined ? '' : `: ${status.message}`}`;
  }
  return `${pod}: ${status?.phase ?? 'not seen by a kubelet'} on ${spec?.nodeName ?? 'no node'}`;
}

function lastExit({ exitCode, reason }: Ended): string {
  return `last exit code ${exitCode}${reason === 'OOMKilled' ? ', out of memory' : ''}`;
}

/** A crash loop is seen between two crashes, too. */
function endedBefore({ lastState, restartCount }: ContainerStatus): string {
  const ended = lastState?.terminated;
  return ended === undefined ? '' : ` (restarts: ${restartCount}, ${lastExit(ended)})`;
}

function isReady(status: Pod['status']): boolean {
  return status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true;
}

export function warningsAbout(uids: ReadonlySet<string>, events: readonly Event[], count: number): readonly string[] {
  const about = events
    .filter(({ involvedObject, type }) => type === 'Warning' && uids.has(involvedObject.uid ?? ''))
    .sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
  const lines = about.map(
    ({ involvedObject, reason, message }) => `${involvedObject.kind} ${involvedObject.name}: ${reason}: ${message}`,
  );
  return [...new Set(lines)].slice(0, count);
}

function timeOf({ lastTimestamp, eventTime, metadata }: Event): string {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
}
