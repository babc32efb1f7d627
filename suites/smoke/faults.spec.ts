import {
  backplanePod,
  checkSmoke,
  describe,
  type Environment,
  expect,
  failingProbes,
  holds,
  needs,
  notTaken,
  notYet,
  type Result,
  type SmokeRelease,
  smokeFaults,
  speaksOurWords,
  test,
  waitFor,
} from '../../harness/test.ts';

needs('services of ours');

const deadlineMs = 90_000;
const linesOf = (results: readonly Result[]) =>
  results
    .map(({ check, verdict }) => `${check.id} ${'observed' in verdict ? verdict.observed : verdict.reason}`)
    .join('; ');

describe('each link of the chain fails alone, and heals without a restart', () => {
  test.for(smokeFaults.map((fault) => ({ ...fault })))(
    '$title',
    async (fault, { environment, smoke, signal, skip }) => {
      const unsettable = fault.setting === undefined ? undefined : notTaken(environment, fault.setting);
      skip(unsettable !== undefined, unsettable);
      const { site, pod } = smoke;
      const look = async (token: string): Promise<readonly Result[]> => {
        using https = fault.via === 'pod' ? smoke.toPod() : smoke.throughIngress();
        return checkSmoke(environment, site, { https, token }, signal);
      };
      const probes = () => failingProbes(smoke, signal);
      const isOurs = speaksOurWords(environment);
      const isUnready = (seen: readonly string[]) =>
        isOurs
          ? seen.toSorted().join() === fault.unready.toSorted().join()
          : seen.length > 0 === fault.unready.length > 0;
      // Minted before: the issuer itself may be what is taken away.
      const token = await environment.openId.token('operator', { kind: 'sound' });
      {
        await using stack = new AsyncDisposableStack();
        // Whatever came of it: the next story starts from a chain that holds.
        stack.defer(() => untilGreen(environment, smoke));
        stack.use(await fault.inject(environment, site, signal));
        const red = await waitFor(
          `leg ${fault.red} to go red`,
          async () => {
            const failed = failures(await look(token));
            const unready = await probes();
            return failed.length > 0 && isUnready(unready)
              ? holds(failed)
              : notYet(`${linesOf(failed)} and unready: ${unready.join(', ')}`);
          },
          { deadlineMs, signal },
        );
        expect(red.map(({ check }) => check.id)).toEqual([fault.red]);
        expect(red[0]?.verdict).toMatchObject({ observed: expect.stringMatching(fault.observed) });
        if (isOurs) {
          expect(red[0]?.verdict).toMatchObject({
            observed: expect.stringMatching(fault.word),
            hint: expect.stringMatching(fault.hint),
          });
        }
        expect(await probes()).toSatisfy(isUnready);
      }
      expect(await backplanePod(environment, site, signal)).toEqual(pod);
    },
  );
});

/** On a deadline of its own: a story that was called off has a next one as well. */
async function untilGreen(environment: Environment, smoke: SmokeRelease): Promise<void> {
  const token = await environment.openId.token('operator', { kind: 'sound' });
  await waitFor(
    'all legs to be green again through the ingress controller',
    async (signal) => {
      using https = smoke.throughIngress();
      const results = await checkSmoke(environment, smoke.site, { https, token }, signal);
      const wrong = results.filter(({ verdict }) => verdict.outcome !== 'holds');
      return wrong.length === 0 ? holds(undefined) : notYet(linesOf(wrong));
    },
    { deadlineMs },
  );
}

function failures(results: readonly Result[]): readonly Result[] {
  return results.filter(({ verdict }) => verdict.outcome === 'violated' || verdict.outcome === 'unknown');
}
