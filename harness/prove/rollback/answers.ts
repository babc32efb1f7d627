import { nextImage } from '../../environment/next-image.ts';
import { front, members, type Rewrite } from '../front.ts';
import { anonymous } from '../install/anonymous.ts';
import { healthz } from '../install/healthz.ts';
import { version } from '../install/version.ts';
import { asked, type Fault, usage } from '../story.ts';

/** How many replicas there seem to be: the last of them is of N+1. */
const replicas = 4;

/** The same faults as those of an install: the checks are the same. */
function those(faults: readonly Fault[], ...ids: readonly string[]): readonly Fault[] {
  const chosen = faults.filter(({ id }) => ids.includes(id));
  if (chosen.length !== ids.length) {
    throw new Error(`expected the faults ${ids.join(', ')}, found ${chosen.map(({ id }) => id).join(', ')}`);
  }
  return chosen;
}

/** Checks 3, 4 and 5 of the contract: N lives, it is N that answers, and it still refuses who shows no token. */
export const answers: readonly Fault[] = [
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
    inject: async ({ environment }) => asked({ flags: { 'n-image-sha': (await nextImage(environment)).gitSha } }),
  },
  {
    id: 'usage-sha',
    title: '--n-image-sha is no commit',
    expectRed: [usage],
    says: /--n-image-sha/,
    inject: async () => asked({ flags: { 'n-image-sha': 'latest' } }),
  },
  ...those(anonymous, 'anonymous-200', 'anonymous-503'),
];
