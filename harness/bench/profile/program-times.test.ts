import { expect, test } from 'vitest';
import { ProgramTimes } from './program-times.ts';

const seen = (pid: number, program: string, cpuMs: number, started = '1') => ({ pid, started, program, cpuMs });

test('what ran before the first look counts for nothing, what came after for all of its time', () => {
  const times = new ProgramTimes();
  times.look([seen(1, 'etcd', 5_000)]);
  times.look([seen(1, 'etcd', 5_700), seen(2, 'helm', 300)]);
  times.look([seen(1, 'etcd', 6_000), seen(3, 'helm', 400)]);
  expect(times.programs).toEqual([
    { program: 'etcd', cpuMs: 1_000 },
    { program: 'helm', cpuMs: 700 },
  ]);
});

test('a number that is used again is another process', () => {
  const times = new ProgramTimes();
  times.look([seen(1, 'etcd', 0)]);
  times.look([seen(1, 'etcd', 0), seen(2, 'helm', 300, '7')]);
  times.look([seen(2, 'helm', 200, '8')]);
  expect(times.programs).toEqual([{ program: 'helm', cpuMs: 500 }]);
});
