import type { Recogniser } from '../cause.ts';
import { podName } from '../pods.ts';

/** The probe's answer names the missing dependency. */
export const notReady: Recogniser = ({ pods, events, namespace }) =>
  pods.flatMap((pod) => {
    const ready = pod.status?.conditions?.find((condition) => condition.type === 'Ready');
    const running = pod.status?.containerStatuses?.every((status) => status.state?.running !== undefined) ?? false;
    if (pod.status?.phase !== 'Running' || ready?.status === 'True' || !running) {
      return [];
    }
    const probe = events
      .filter((event) => event.reason === 'Unhealthy' && event.involvedObject.uid === pod.metadata?.uid)
      .at(-1);
    return [
      {
        id: 'never-ready',
        object: `Pod ${podName(pod)}`,
        expected: 'its readiness probe to pass',
        observed: probe?.message ?? 'it runs, and no probe has answered yet',
        next: `kubectl port-forward --namespace ${namespace} pod/${podName(pod)} 8000, then http://127.0.0.1:8000/ready lists each probe`,
        // An answer means it has started and lacks something; silence may be a slow start.
        graceMs: probe?.message?.includes('statuscode') === true ? 20_000 : 45_000,
      },
    ];
  });
