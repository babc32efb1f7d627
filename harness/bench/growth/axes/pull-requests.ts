import { type FakeGithub, fakeGithub, fakeToken } from '@meho/green-counter/github/testing/fake-github';
import { type FakeRepository, fakeRepository, greenSmokes } from '@meho/green-counter/github/testing/fake-repository';
import type { Axis } from '../axis.ts';
import { callOf } from '../calls.ts';

const streak = 7;

/** The newest are green, as many as asked, and the one before them is red. */
function historyOf(count: number, green: number): FakeRepository {
  const smokes = greenSmokes(count).map((smoke) =>
    smoke.run === count - green ? { ...smoke, changes: { conclusion: 'failure' } } : smoke,
  );
  return fakeRepository(smokes);
}

function axis(
  name: string,
  title: string,
  law: Axis['law'],
  sizes: readonly number[],
  history: (size: number) => FakeRepository,
  greenOf: (size: number) => number,
): Axis {
  return {
    name,
    title,
    unit: 'pull requests',
    sizes,
    law,
    async prepare(place) {
      let repository = history(sizes[0] ?? 0);
      const github: FakeGithub = place.use(await fakeGithub({ repository: () => repository }));
      return async (size) => {
        repository = history(size);
        const args = ['green-counter', '--repo=example/meho', `--api-url=${github.url}`];
        return callOf(place, { args, says: new RegExp(`\\b${greenOf(size)}\\b`), env: { GITHUB_TOKEN: fakeToken } });
      };
    },
  };
}

/** The streak is short: what lies before it is nobody's business. */
const history = axis(
  'pull-requests',
  'green-counter by pull requests in the history, a streak of 7',
  { msEach: 0, mib: 120 },
  [10, 100, 1_000, 10_000],
  (size) => historyOf(size, streak),
  () => streak,
);

/** GitHub is asked about each that counts. */
const green = axis(
  'streak',
  'green-counter by length of the streak',
  { msEach: 25, mib: 120 },
  [10, 40, 200, 800],
  (size) => historyOf(size + 1, size),
  (size) => size,
);

export const pullRequestAxes = [history, green];
