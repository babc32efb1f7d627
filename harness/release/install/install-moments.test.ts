import { expect, test } from 'vitest';
import { type InstallMoments, installPhases } from './install-moments.ts';

const around = { helmStarted: 1000, helmEnded: 9000, firstAnswer: 9500 };
const moments: InstallMoments = {
  ...{ jobCreated: 2000, jobSucceeded: 4000, podCreated: 4500 },
  ...{ podScheduled: 4600, containerStarted: 6000, podReady: 8000 },
};
const phases = (seen: InstallMoments) =>
  installPhases(seen, around, (moment) => moment - 1000).map(({ title, startMs, durationMs }) => [
    title,
    startMs,
    durationMs,
  ]);

test('an install is told from its start to the first answer, without a gap', () => {
  expect(phases(moments)).toEqual([
    ['chart: render, validate, first objects', 0, 1000],
    ['hook Job: migration', 1000, 2000],
    ['objects until the pod is there', 3000, 500],
    ['scheduling', 3500, 100],
    ['container start', 3600, 1400],
    ['readiness', 5000, 2000],
    ['helm notices and ends', 7000, 1000],
    ['ingress until the first 200', 8000, 500],
  ]);
});

test('what nobody saw is called so, in its place', () => {
  const { jobCreated: _created, jobSucceeded: _succeeded, ...seen } = moments;
  const [chart, job, objects, scheduling] = phases(seen);
  expect(chart).toEqual(['chart: render, validate, first objects (not seen)', 0, 0]);
  expect(job).toEqual(['hook Job: migration (not seen)', 0, 0]);
  expect(objects).toEqual(['objects until the pod is there (not seen)', 0, 0]);
  expect(scheduling).toEqual(['scheduling', 3500, 100]);
});
