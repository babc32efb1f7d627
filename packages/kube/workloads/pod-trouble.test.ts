import { expect, test } from 'vitest';
import type { Event, Pod } from '../api/resource.ts';
import { podTrouble, warningsAbout } from './pod-trouble.ts';

type Status = NonNullable<Pod['status']>;
type Container = NonNullable<Status['containerStatuses']>[number];

const pod = (status: Status): Pod => ({ metadata: { name: 'meho-1' }, status });
const container = (state: Partial<Container>): Container => ({
  ...{ name: 'meho', image: 'i', imageID: '', ready: false, restartCount: 0 },
  ...state,
});

test.each<[string, Status, string | undefined]>([
  ['ready', { conditions: [{ type: 'Ready', status: 'True' }] }, undefined],
  ['done', { phase: 'Succeeded' }, undefined],
  [
    'not scheduled',
    { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }] },
    'pod meho-1: not scheduled: 0/1 nodes are available',
  ],
  [
    'image',
    { containerStatuses: [container({ state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } })] },
    'pod meho-1: container meho: ErrImagePull: not found',
  ],
  [
    'missing Secret',
    {
      containerStatuses: [
        container({ state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } } }),
      ],
    },
    'pod meho-1: container meho: CreateContainerConfigError: secret "x" not found',
  ],
  [
    'crash loop',
    {
      containerStatuses: [
        container({
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error' } },
        }),
      ],
    },
    'pod meho-1: container meho: CrashLoopBackOff (last exit code 1)',
  ],
  [
    'out of memory',
    { containerStatuses: [container({ state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } })] },
    'pod meho-1: container meho ended (last exit code 137, out of memory)',
  ],
  [
    'not ready',
    { containerStatuses: [container({ state: { running: {} } })] },
    'pod meho-1: container meho runs but is not ready',
  ],
  [
    'crash loop, between two crashes',
    {
      containerStatuses: [
        container({
          state: { running: {} },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
          restartCount: 3,
        }),
      ],
    },
    'pod meho-1: container meho runs but is not ready (restarts: 3, last exit code 137, out of memory)',
  ],
  [
    'ended once with 0',
    {
      containerStatuses: [
        container({ state: { running: {} }, lastState: { terminated: { exitCode: 0 } }, restartCount: 1 }),
      ],
    },
    'pod meho-1: container meho runs but is not ready (restarts: 1, last exit code 0)',
  ],
  ['evicted', { phase: 'Failed', reason: 'Evicted', message: 'low on disk' }, 'pod meho-1: Evicted: low on disk'],
  ['nothing known', { phase: 'Pending' }, 'pod meho-1: Pending on no node'],
])('%s', (_, status, trouble) => {
  expect(podTrouble(pod(status))).toBe(trouble);
});

test('only warnings about the objects count, the newest first, the same text once', () => {
  const event = (uid: string, message: string, lastTimestamp: string, type = 'Warning'): Event => ({
    ...{ metadata: {}, type, reason: 'FailedCreate', message, lastTimestamp },
    involvedObject: { uid, kind: 'Job', name: 'meho-migrate' },
  });
  const events = [
    event('a', 'old', '2026-01-01T00:00:00Z'),
    event('a', 'new', '2026-01-02T00:00:00Z'),
    event('a', 'new', '2026-01-03T00:00:00Z'),
    event('b', 'of another', '2026-01-04T00:00:00Z'),
    event('a', 'harmless', '2026-01-05T00:00:00Z', 'Normal'),
  ];
  expect(warningsAbout(new Set(['a']), events, 3)).toEqual([
    'Job meho-migrate: FailedCreate: new',
    'Job meho-migrate: FailedCreate: old',
  ]);
});
