import type { Shape } from './shape.ts';

/** As in `kubectl explain`. */

const strings = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'string'] as const));
const numbers = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'number'] as const));
const members = (shape: Readonly<Record<string, Shape>>): Shape => ({ members: shape });
const each = (shape: Shape): Shape => ({ each: shape });
const texts: Shape = { values: 'string' };

const metadataShape: Shape = members({
  ...strings('name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp'),
  generation: 'number',
  labels: texts,
  annotations: texts,
  finalizers: each('string'),
  ownerReferences: each(members(strings('kind', 'name', 'uid'))),
});

const conditions = each(members(strings('type', 'status', 'reason', 'message', 'lastTransitionTime')));
const ports = each(members({ name: 'string', containerPort: 'number' }));
const podSpec = members({
  nodeName: 'string',
  containers: each(members({ ...strings('name', 'image'), ports })),
  initContainers: each(members(strings('name', 'image'))),
});
const workloadSpec = members({
  replicas: 'number',
  selector: members({ matchLabels: texts }),
  template: members({ metadata: metadataShape, spec: podSpec }),
});
const counts = numbers('replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration');
const ingressBackend = members({ service: members({ name: 'string' }) });
const ingressPath = members({ path: 'string', pathType: 'string', backend: ingressBackend });
const containerState = members({
  waiting: members(strings('reason', 'message')),
  running: members(strings('startedAt')),
  terminated: members({ exitCode: 'number', ...strings('reason', 'message', 'finishedAt') }),
});
const containerStatuses = each(
  members({
    ...strings('name', 'image', 'imageID'),
    ready: 'boolean',
    restartCount: 'number',
    state: containerState,
    lastState: containerState,
  }),
);

const objects: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  ConfigMap: { data: texts },
  Deployment: { spec: workloadSpec, status: members({ ...counts, conditions }) },
  Event: {
    ...strings('type', 'reason', 'message', 'lastTimestamp', 'eventTime', 'firstTimestamp'),
    involvedObject: members(strings('kind', 'name', 'namespace', 'uid', 'fieldPath')),
    series: members(strings('lastObservedTime')),
  },
  Ingress: {
    spec: members({
      ingressClassName: 'string',
      defaultBackend: ingressBackend,
      rules: each(members({ host: 'string', http: members({ paths: each(ingressPath) }) })),
      tls: each(members({ hosts: each('string'), secretName: 'string' })),
    }),
    status: members({ loadBalancer: members({ ingress: each(members(strings('ip', 'hostname'))) }) }),
  },
  Job: {
    spec: workloadSpec,
    status: members({ ...numbers('active', 'succeeded', 'failed'), startTime: 'string', conditions }),
  },
  Namespace: { status: members({ phase: 'string', conditions }) },
  Node: { spec: members({ taints: each('object') }), status: members({ conditions, addresses: each('object') }) },
  Pod: {
    spec: podSpec,
    status: members({
      ...strings('phase', 'reason', 'message', 'podIP', 'startTime'),
      conditions,
      containerStatuses,
      initContainerStatuses: containerStatuses,
      ephemeralContainerStatuses: containerStatuses,
    }),
  },
  ReplicaSet: { spec: workloadSpec, status: members({ ...counts, conditions }) },
  Secret: { data: texts, type: 'string' },
  Service: {
    spec: members({ selector: texts, ports: each(members({ name: 'string', port: 'number' })) }),
  },
};

export function shapeOf(kind: string): Shape {
  return members({ metadata: metadataShape, spec: 'object', status: 'object', ...objects[kind] });
}
