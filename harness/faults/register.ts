import { describe } from 'vitest';
import { complaintsOfHealthy, unhealthy } from './evaluation.ts';
import type { BareContext, Fault, FaultContext, FaultSuite, ReleaseContext } from './fault.ts';
import { test } from './fixtures.ts';
import { toldOnce } from './told-once.ts';
import { evaluate, failure, type Setup, tryFault } from './try-fault.ts';

export function registerBareSuite(suite: FaultSuite<BareContext>): void {
  register(suite, (begin) => {
    test.beforeAll(({ command, bare }) => begin(async () => ({ command, context: bare })));
  });
}

export function registerSuite(suite: FaultSuite): void {
  register<ReleaseContext>(suite, (begin) => {
    test.beforeAll(({ command, releases }) => begin(async () => ({ command, context: await releases(suite) })));
  });
}

/** Those that may be in place together come first, so that the test runner finds them side by side. */
function inOrder<Context extends FaultContext>({ faults }: FaultSuite<Context>): readonly Fault<Context>[] {
  const rank = ({ besideOthers }: Fault<Context>) => (besideOthers === true ? 0 : 1);
  return faults.toSorted((a, b) => rank(a) - rank(b));
}

type Begin<Context extends FaultContext> = (start: () => Promise<Setup<Context>>) => Promise<void>;

function register<Context extends FaultContext>(
  suite: FaultSuite<Context>,
  beforeAll: (begin: Begin<Context>) => void,
): void {
  describe(suite.name, () => {
    let setup: Promise<Setup<Context>> | undefined;
    beforeAll(async (start) => {
      setup = start();
      // A failed start fails each fault's test; thrown here, it would leave them uncounted.
      await setup.catch(() => undefined);
    });
    const healthySetup = toldOnce(async (signal) => {
      if (setup === undefined) {
        throw new Error(`the release of ${suite.name} was not started`);
      }
      const { command, context } = await setup;
      const seen = await evaluate(suite, { command, context: { ...context, signal } });
      if (complaintsOfHealthy(seen).length > 0) {
        throw failure(unhealthy(seen));
      }
      return { command, context };
    });
    test('healthy', async ({ signal }) => {
      await healthySetup(signal);
    });
    for (const fault of inOrder(suite)) {
      const options = { concurrent: suite.concurrent === true || fault.besideOthers === true };
      test(`${fault.id}: ${fault.title}`, options, async ({ signal, task, onTestFinished }) => {
        const { command, context } = await healthySetup(signal);
        const running = task.suite?.tasks.filter(({ mode }) => mode === 'run' || mode === 'queued') ?? [];
        const attempt = tryFault(suite, fault, { command, context }, { signal, isLast: running.at(-1) === task });
        // The next test must not begin before this fault is undone.
        onTestFinished(async () => {
          await attempt.catch(() => undefined);
        });
        await attempt;
      });
    }
  });
}
