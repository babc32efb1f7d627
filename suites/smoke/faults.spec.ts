import {
  backplanePod,
  checkSmoke,
  describe,
  type Environment,
  expect,
  failingProbes,
  holds,
  isReferenceBackplane,
  needs,
  notYet,
  type Result,
  type SmokeRelease,
  smokeFaults,
  test,
  waitFor,
  whyLeftOut,
} from '@meho/harness/test';

needs('managed services');

const deadlineMs = 90_000;
const linesOf = (results: readonly Result[]) =>
  results
    .map(({ check, verdict }) => `${check.id} ${'observed' in verdict ? verdict.observed : verdict.reason}`)
    .join('; ');

describe('each link of the chain fails alone, and heals without a restart', () => {
  test.for(smokeFaults.map((fault) => ({ ...fault })))(
    '$title',
    async (fault, { environment, smoke, signal, skip }) => {
      const unsettable = fault.setting === undefined ? undefined : whyLeftOut(environment, fault.setting);
      skip(unsettable !== undefined, unsettable);
      const { target, pod } = smoke;
      const look = async (token: string): Promise<readonly Result[]> => {
        using https = fault.via === 'pod' ? smoke.toPod() : smoke.throughIngress();
        return checkSmoke(environment, target, { https, token }, signal);
      };
      const probes = () => failingProbes(smoke, signal);
      const isOurs = isReferenceBackplane(environment);
      const isUnready = (seen: readonly string[]) =>
        isOurs
          ? seen.toSorted().join() === fault.unready.toSorted().join()
          : seen.length > 0 === fault.unready.length > 0;
      // Minted before the fault, which may take the issuer away.
      const token = await environment.openId.token('operator', { kind: 'sound' });
      {
        await using stack = new AsyncDisposableStack();
        // The next story needs a healthy chain.
        stack.defer(() => waitUntilGreen(environment, smoke));
        stack.use(await fault.inject(environment, target, signal));
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
      expect(await backplanePod(environment, target, signal)).toEqual(pod);
    },
  );
});

/** Uses its own deadline: the next story needs it even after cancellation. */
async function waitUntilGreen(environment: Environment, smoke: SmokeRelease): Promise<void> {
  const token = await environment.openId.token('operator', { kind: 'sound' });
  await waitFor(
    'all legs to be green again through the ingress controller',
    async (signal) => {
      using https = smoke.throughIngress();
      const results = await checkSmoke(environment, smoke.target, { https, token }, signal);
      const wrong = results.filter(({ verdict }) => verdict.outcome !== 'holds');
      return wrong.length === 0 ? holds(undefined) : notYet(linesOf(wrong));
    },
    { deadlineMs },
  );
}

function failures(results: readonly Result[]): readonly Result[] {
  return results.filter(({ verdict }) => verdict.outcome === 'violated' || verdict.outcome === 'unknown');
}
