import { nextImage } from '../../release/environment/next-image.ts';
import { besideOthers, type Fault, otherCommandLine, usage } from '../fault.ts';
import { front, members, type Rewrite } from '../front.ts';
import { anonymous } from '../install/anonymous.ts';
import { healthz } from '../install/healthz.ts';
import { version } from '../install/version.ts';

/** Simulated; the last one runs N+1. */
const replicas = 4;

/** Reuses an install's faults, because the checks are the same. */
function those(faults: readonly Fault[], ...ids: readonly string[]): readonly Fault[] {
  const chosen = faults.filter(({ id }) => ids.includes(id));
  if (chosen.length !== ids.length) {
    throw new Error(`expected the faults ${ids.join(', ')}, found ${chosen.map(({ id }) => id).join(', ')}`);
  }
  return chosen;
}

/** Checks 3, 4 and 5: N is healthy, N answers, and requests without a token are refused. */
export const answers: readonly Fault[] = besideOthers([
  ...those(healthz, 'healthz-503', 'healthz-cut-off'),
  ...those(version, 'version-other', 'version-unknown', 'version-not-json'),
  {
    id: 'version-one-replica',
    title: `one of ${replicas} replicas is still of N+1`,
    expectRed: ['version'],
    says: /another build answers/,
    inject: async (context) => {
      const next = members({ git_sha: (await nextImage(context.environment)).gitSha });
      const asIs = members({});
      let asks = 0;
      const inTurn: Rewrite = (answer, response) => {
        asks += 1;
        return (asks % replicas === 0 ? next : asIs)(answer, response);
      };
      return front(context, { version: inTurn });
    },
  },
  {
    id: 'version-of-next',
    title: 'the commit of N+1 is expected',
    expectRed: ['version'],
    says: /another build answers/,
    inject: async ({ environment }) =>
      otherCommandLine({ flags: { 'n-image-sha': (await nextImage(environment)).gitSha } }),
  },
  {
    id: 'usage-sha',
    title: '--n-image-sha is no commit',
    expectRed: [usage],
    says: /--n-image-sha/,
    inject: async () => otherCommandLine({ flags: { 'n-image-sha': 'latest' } }),
  },
  ...those(anonymous, 'anonymous-200', 'anonymous-503'),
]);
