import type { Event, Job, Pod } from '@meho/kube/api/resource';
import { expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';
import { emptySnapshot, type Snapshot } from './snapshot.ts';

const job: Job = { metadata: { name: 'meho-migrate', uid: 'job-1' } };

const refusal = (message: string): Event => ({
  metadata: {},
  reason: 'FailedCreate',
  message,
  involvedObject: { kind: 'Job', name: 'meho-migrate', uid: 'job-1' },
});

const migrationPod = (state: object, extra: object = {}): Pod => ({
  metadata: {
    ...{ name: 'meho-migrate-x', uid: 'pod-1' },
    labels: { 'app.kubernetes.io/instance': 'lab', 'app.kubernetes.io/component': 'migrate' },
  },
  status: {
    phase: 'Pending',
    containerStatuses: [
      { name: 'migrate', image: 'meho:1', imageID: '', ready: false, restartCount: 2, state, ...extra },
    ],
  },
});

const waiting = (reason: string, message: string) => migrationPod({ waiting: { reason, message } });

const idsOf = (snapshot: Partial<Snapshot>) =>
  diagnose({ ...emptySnapshot, namespace: 'ns', ...snapshot }).map((cause) => cause.id);

test.each([
  ['error looking up service account ns/meho: serviceaccount "meho" not found', 'service-account-missing'],
  ['pods "x" is forbidden: exceeded quota: q, requested: cpu=100m, used: cpu=1, limited: cpu=1', 'quota-exceeded'],
  ['pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', 'pod-security-refused'],
  ['Internal error occurred: failed calling webhook "w.example.com": connection refused', 'admission-webhook-down'],
  ['admission webhook "w.example.com" denied the request: no', 'admission-refused'],
  ['something new', 'pod-refused'],
])('a refused pod: %s', (message, id) => {
  expect(idsOf({ jobs: [job], events: [refusal(message)] })).toEqual([id]);
});

test('the event of an owner that is gone says nothing of the present', () => {
  expect(idsOf({ jobs: [], events: [refusal('exceeded quota: q')] })).toEqual([]);
});

test('only the latest refusal of an owner counts', () => {
  const events = [refusal('serviceaccount "meho" not found'), refusal('exceeded quota: q')];
  expect(idsOf({ jobs: [job], events })).toEqual(['quota-exceeded']);
});

test.each([
  ['CreateContainerConfigError', 'secret "meho-postgres" not found', 'secret-missing'],
  ['CreateContainerConfigError', 'configmap "meho" not found', 'config-map-missing'],
  ['CreateContainerConfigError', "couldn't find key url in Secret ns/meho-postgres", 'secret-key-missing'],
  ['CreateContainerConfigError', 'something else', 'container-config-error'],
  ['ErrImagePull', 'no such host', 'image-not-pulled'],
  ['ImagePullBackOff', 'Back-off pulling image', 'image-not-pulled'],
  ['InvalidImageName', 'bad name', 'image-not-pulled'],
  ['CreateContainerError', 'no such file', 'container-not-started'],
])('a container that waits: %s, %s', (reason, message, id) => {
  expect(idsOf({ pods: [waiting(reason, message)] })).toEqual([id]);
});

test.each([
  ['meho:5349', true],
  ['registry.example.com:5000/meho:1.234567e+06', true],
  ['meho:sha-0012345', false],
  ['registry.example.com:5000/meho', false],
  [`meho:v1@sha256:${'0'.repeat(64)}`, false],
])('an image %s that can’t be pulled: whether its tag may have been a commit', (image, isNumber) => {
  const status = { name: 'c', image, imageID: '', ready: false, restartCount: 0 };
  const pod: Pod = {
    metadata: { name: 'p' },
    status: { containerStatuses: [{ ...status, state: { waiting: { reason: 'ErrImagePull', message: 'no' } } }] },
  };
  const [cause] = diagnose({ ...emptySnapshot, pods: [pod] });
  expect(cause?.next.includes('in quotes')).toBe(isNumber);
  expect(cause?.next.includes('image.digest, which wins')).toBe(image.includes('@'));
});

test('a Secret that is missing may be the database’s or one of the operator’s variables', () => {
  const [cause] = diagnose({ ...emptySnapshot, pods: [waiting('CreateContainerConfigError', 'secret "a" not found')] });
  expect(cause?.next).toMatch(
    /^create it, or correct the value that names it \(postgres\.credentialsSecret, extraEnv\): /,
  );
});

test('a container that is merely being created is no cause', () => {
  expect(idsOf({ pods: [waiting('ContainerCreating', '')] })).toEqual([]);
});

test('a failed migration is told in its own words', () => {
  const pod = migrationPod({ terminated: { exitCode: 1 } });
  const logs = new Map([['meho-migrate-x/migrate', 'connecting\nmigration_failed: OperationalError: no route\n']]);
  const [cause] = diagnose({ ...emptySnapshot, pods: [pod], logs });
  expect(cause).toMatchObject({
    id: 'migration-failed',
    observed: 'migration_failed: OperationalError: no route',
    next: 'kubectl logs --namespace none --selector app.kubernetes.io/instance=lab,app.kubernetes.io/component=migrate --tail=-1',
  });
});

test('the last words of a container are told without the secrets in them', () => {
  const pod = migrationPod({ terminated: { exitCode: 1 } });
  const line = 'migration_failed: ArgumentError: postgresql+asyncpg://meho:hunter2hunter2@db:5432/meho is no URL';
  const [cause] = diagnose({ ...emptySnapshot, pods: [pod], logs: new Map([['meho-migrate-x/migrate', line]]) });
  expect(cause?.observed).toContain('postgresql+asyncpg://meho:[redacted]@db:5432/meho');
});

test('a migration that is being retried after a failure is still named while it waits', () => {
  const pod = migrationPod({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: { terminated: { exitCode: 2 } } });
  expect(idsOf({ pods: [pod] })).toEqual(['migration-failed']);
});

test('a container that ended well, or runs again, is no cause', () => {
  expect(idsOf({ pods: [migrationPod({ terminated: { exitCode: 0 } })] })).toEqual([]);
  const again = migrationPod({ running: {} }, { lastState: { terminated: { exitCode: 1 } } });
  expect(idsOf({ pods: [again] })).toEqual([]);
});

test.each([
  ['BackoffLimitExceeded', 'job-failed'],
  ['DeadlineExceeded', 'job-deadline-exceeded'],
])('a Job that failed with %s', (reason, id) => {
  const conditions = [{ type: 'Failed', status: 'True', reason, message: 'over' }];
  expect(idsOf({ jobs: [{ ...job, status: { conditions } }] })).toEqual([id]);
});

test('the logs of a failed Job are pointed to while its pods are there; else how the next one keeps them', () => {
  const conditions = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'over' }];
  const failed = { ...job, metadata: { ...job.metadata, uid: 'u1' }, status: { conditions } };
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', uid: 'u1' };
  const next = (pods: readonly Pod[]) => diagnose({ ...emptySnapshot, jobs: [failed], pods })[0]?.next;
  expect(next([{ metadata: { name: 'p', ownerReferences: [owner] } }])).toMatch(/^kubectl logs /);
  expect(next([{ metadata: { name: 'p' } }])).toMatch(/restartPolicy Never, then kubectl logs /);
});

test.each([
  ['0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }.', 'node-tainted'],
  ['0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate', 'node-tainted'],
  ['0/1 nodes are available: 1 Insufficient cpu.', 'unschedulable'],
])('a pod that no node takes: %s', (message, id) => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  expect(idsOf({ pods: [{ metadata: { name: 'p' }, status: { phase: 'Pending', conditions } }] })).toEqual([id]);
});

test('a taint is named by its node, where the nodes may be seen', () => {
  const message = '0/1 nodes are available: 1 node(s) had untolerated taint(s).';
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  const pods: readonly Pod[] = [{ metadata: { name: 'p' }, status: { phase: 'Pending', conditions } }];
  const taints = [
    { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' },
    { key: 'spare', value: 'me', effect: 'PreferNoSchedule' },
  ];
  const [named] = diagnose({ ...emptySnapshot, pods, nodes: [{ metadata: { name: 'n' }, spec: { taints } }] });
  expect(named?.observed).toBe(`${message} Seen on node n: node.kubernetes.io/memory-pressure:NoSchedule`);
  expect(diagnose({ ...emptySnapshot, pods })[0]?.observed).toBe(message);
});

test('a volume whose source is missing', () => {
  const event: Event = {
    metadata: {},
    reason: 'FailedMount',
    message: 'MountVolume.SetUp failed for volume "trust" : configmap "lab-ca" not found',
    involvedObject: { kind: 'Pod', name: 'p', uid: 'u' },
  };
  const pod: Pod = { metadata: { name: 'p', uid: 'u' }, status: { phase: 'Pending' } };
  const withContainer = (reason: string): Pod => ({
    ...pod,
    status: { ...pod.status, containerStatuses: [waitingContainer(reason)] },
  });
  expect(idsOf({ pods: [pod], events: [event] })).toEqual(['volume-not-mounted']);
  expect(idsOf({ pods: [withContainer('ContainerCreating')], events: [event] })).toEqual(['volume-not-mounted']);
  const late = { ...event, message: 'MountVolume.SetUp failed for volume "trust" : failed to sync configmap cache' };
  const [missing] = diagnose({ ...emptySnapshot, pods: [pod], events: [event] });
  const [busy] = diagnose({ ...emptySnapshot, pods: [pod], events: [late] });
  expect(busy?.graceMs).toBeGreaterThan(missing?.graceMs ?? 0);
  // The kubelet retried successfully: the pod now waits for something else.
  const mounted = withContainer('CreateContainerConfigError');
  expect(idsOf({ pods: [mounted], events: [event] })).not.toContain('volume-not-mounted');
});

test('a pod that its node can’t make a sandbox for, before the Job that waits for it', () => {
  const message = 'Failed to create pod sandbox: plugin type="cilium-cni" failed (add): unable to connect to the agent';
  const event: Event = {
    metadata: {},
    reason: 'FailedCreatePodSandBox',
    message,
    involvedObject: { kind: 'Pod', name: 'p', uid: 'u' },
  };
  const pod = (reason: string): Pod => ({
    metadata: { name: 'p', uid: 'u' },
    status: { phase: 'Pending', containerStatuses: [waitingContainer(reason)] },
  });
  const job: Job = { metadata: { name: 'meho-migrate' }, status: { active: 1, startTime: '2026-11-30T00:00:00Z' } };
  const [first, second] = diagnose({
    ...emptySnapshot,
    pods: [pod('ContainerCreating')],
    events: [event],
    jobs: [job],
  });
  expect(first).toMatchObject({ id: 'sandbox-not-created', object: 'Pod p', observed: message });
  expect(first?.next).toContain('kubectl describe pod p --namespace');
  expect(second?.id).toBe('job-unfinished');
  // A later try succeeded: its container waits for something else.
  expect(idsOf({ pods: [pod('ImagePullBackOff')], events: [event] })).not.toContain('sandbox-not-created');
  expect(idsOf({ pods: [pod('ContainerCreating')], events: [] })).toEqual([]);
});

function waitingContainer(reason: string) {
  return { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason } } };
}

test('an ingress without a class, without its certificate, and one that has both', () => {
  const ingresses = [
    { metadata: { name: 'meho' }, spec: { ingressClassName: 'nginx', tls: [{ secretName: 'meho-tls' }] } },
  ];
  expect(idsOf({ ingresses, ingressClasses: [], secretNames: [] })).toEqual([
    'ingress-class-missing',
    'certificate-secret-missing',
  ]);
  const ingressClasses = [{ metadata: { name: 'nginx' } }];
  expect(idsOf({ ingresses, ingressClasses, secretNames: ['meho-tls'] })).toEqual([]);
  expect(idsOf({ ingresses })).toEqual([]);
});

test('a pod that runs but is not ready is named with its probe’s answer', () => {
  const pod: Pod = {
    metadata: { name: 'meho-1', uid: 'u' },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [
        { name: 'meho', image: 'i', imageID: '', ready: false, restartCount: 0, state: { running: {} } },
      ],
    },
  };
  const event: Event = {
    metadata: {},
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    involvedObject: { kind: 'Pod', name: 'meho-1', uid: 'u' },
  };
  expect(diagnose({ ...emptySnapshot, pods: [pod], events: [event] })).toMatchObject([
    { id: 'never-ready', observed: event.message },
  ]);
});

test('an owner that has its pods by now was refused them once', () => {
  const event = refusal('exceeded quota: q');
  expect(idsOf({ jobs: [{ ...job, status: { active: 1 } }], events: [event] })).toEqual(['job-unfinished']);
  const set = (replicas: number) => ({
    metadata: { uid: 'job-1' },
    spec: { selector: {}, replicas: 2 },
    status: { replicas },
  });
  expect(idsOf({ replicaSets: [set(1)], events: [event] })).toEqual(['quota-exceeded']);
  expect(idsOf({ replicaSets: [set(2)], events: [event] })).toEqual([]);
});

test('a failed migration counts at once when its Job is out of retries, else after a blip of the network', () => {
  const pod = migrationPod({ terminated: { exitCode: 1 } });
  const owned = {
    ...pod,
    metadata: { ...pod.metadata, ownerReferences: [{ apiVersion: '', kind: 'Job', name: '', uid: 'job-1' }] },
  };
  const graceWith = (conditions: readonly { type: string; status: string }[]) =>
    diagnose({ ...emptySnapshot, pods: [owned], jobs: [{ ...job, status: { conditions } }] })[0]?.graceMs;
  expect(graceWith([])).toBe(15_000);
  expect(graceWith([{ type: 'Failed', status: 'True' }])).toBe(0);
});

test('a Job that is at it never counts by itself', () => {
  const [cause] = diagnose({ ...emptySnapshot, jobs: [{ ...job, status: { active: 1 } }] });
  expect(cause).toMatchObject({ id: 'job-unfinished', graceMs: Number.POSITIVE_INFINITY });
});

test('a certificate that somebody is about to issue has longer', () => {
  const graceWith = (annotations: Readonly<Record<string, string>>) =>
    diagnose({
      ...emptySnapshot,
      secretNames: [],
      ingresses: [{ metadata: { name: 'meho', annotations }, spec: { tls: [{ secretName: 'meho-tls' }] } }],
    })[0];
  expect(graceWith({})).toMatchObject({ graceMs: 1000, helmIgnores: true });
  expect(graceWith({ 'cert-manager.io/issuer': 'lab' })).toMatchObject({ graceMs: 30_000, helmIgnores: true });
});

test('an answer that says not ready counts sooner than none', () => {
  const pod: Pod = {
    metadata: { name: 'p', uid: 'u' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }], containerStatuses: [] },
  };
  const answered: Event = {
    metadata: {},
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    involvedObject: { kind: 'Pod', name: 'p', uid: 'u' },
  };
  const graceWith = (events: readonly Event[]) => diagnose({ ...emptySnapshot, pods: [pod], events })[0]?.graceMs;
  expect(graceWith([])).toBe(45_000);
  expect(graceWith([answered])).toBe(20_000);
});

test('a container that its liveness probe ended says so, and names the way for a slow start', () => {
  const waits = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } };
  const pod: Pod = {
    metadata: { name: 'meho-x', uid: 'pod-2', labels: { 'app.kubernetes.io/component': 'backplane' } },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          ...{ name: 'backplane', image: 'meho:1', imageID: '', ready: false, restartCount: 2, state: waits },
          lastState: { terminated: { exitCode: 137, reason: 'Error' } },
        },
      ],
    },
  };
  const killing = (uid: string): Event => ({
    ...{ metadata: {}, reason: 'Killing', involvedObject: { kind: 'Pod', name: 'meho-x', uid } },
    message: 'Container backplane failed liveness probe, will be restarted',
  });
  const causeWith = (...events: readonly Event[]) =>
    diagnose({ ...emptySnapshot, namespace: 'ns', pods: [pod], events }).find(({ id }) => id === 'crash-loop');
  expect(causeWith(killing('pod-2'))).toMatchObject({
    observed: expect.stringContaining('after 2 restarts (Container backplane failed liveness probe'),
    next: expect.stringMatching(
      /^if it only starts slowly, give it a startup probe, .*probes\.startup of charts\/meho.*kubectl logs --previous/,
    ),
  });
  expect(causeWith(killing('another'))?.next).toMatch(/^kubectl logs --previous/);
});
