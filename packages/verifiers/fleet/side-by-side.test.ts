import { expect, test } from 'vitest';
import { SideBySide } from './side-by-side.ts';

/** Jobs that run until they are told to end. */
function jobsOf(count: number) {
  const running = new Set<() => void>();
  const jobs = Array.from({ length: count }, () => async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    running.add(resolve);
    await promise;
    running.delete(resolve);
  });
  return { jobs, running };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('one cluster has all places while it is alone', async () => {
  const { jobs, running } = jobsOf(10);
  void new SideBySide(4).run('a', jobs);
  await settled();
  expect(running.size).toBe(4);
});

test('a cluster whose jobs hang leaves the other its share', async () => {
  const [hanging, quick] = [jobsOf(10), jobsOf(0)];
  const places = new SideBySide(4);
  void places.run('hanging', hanging.jobs);
  let done = 0;
  const others = places.run(
    'quick',
    Array.from({ length: 20 }, () => async () => {
      done += 1;
    }),
  );
  // Two of the four end: from then on the hanging cluster has two.
  for (const end of [...hanging.running].slice(0, 2)) {
    end();
  }
  await others;
  expect({ done, hanging: hanging.running.size, quick: quick.running.size }).toEqual({
    done: 20,
    hanging: 2,
    quick: 0,
  });
});

test('a job that fails ends those behind it, and says so', async () => {
  const places = new SideBySide(1);
  let later = 0;
  const jobs = [
    async () => {
      throw new Error('broken');
    },
    async () => {
      later += 1;
    },
  ];
  await expect(places.run('a', jobs)).rejects.toThrow('broken');
  expect(later).toBe(0);
  await places.run('b', [async () => undefined]);
});

test('no jobs are over at once', async () => {
  await new SideBySide(1).run('a', []);
});
