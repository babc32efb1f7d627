import { describe, expect, test } from 'vitest';
import type { Evaluation } from './evaluation.ts';
import { type BareContext, besideOthers, type Fault, type FaultSuite, injection, otherCommandLine } from './fault.ts';
import { tryFault } from './try-fault.ts';

class Deployment {
  broken = false;
  /** Whether it was broken at each evaluation. */
  readonly looks: boolean[] = [];

  evaluate(): Evaluation {
    this.looks.push(this.broken);
    const red = this.broken ? ['healthz'] : [];
    const words = this.broken ? 'healthz: 503' : '';
    return { exitCode: this.broken ? 1 : 0, red, warned: [], words, durationMs: 1 };
  }
}

const context: BareContext = { folder: '/nowhere', signal: new AbortController().signal, defer: () => undefined };

function breaking(deployment: Deployment, changes: Partial<Fault<BareContext>> = {}): Fault<BareContext> {
  return {
    id: 'gone',
    title: 'it is gone',
    expectRed: ['healthz'],
    says: /503/,
    inject: async () => {
      deployment.broken = true;
      return injection(async () => {
        deployment.broken = false;
      });
    },
    ...changes,
  };
}

/** Returns an empty text if the fault is found as expected. */
async function said(
  deployment: Deployment,
  fault: Fault<BareContext>,
  changes: Partial<FaultSuite<BareContext>> = {},
  attempt: { readonly isLast?: boolean; readonly deadlineMs?: number } = {},
): Promise<string> {
  const suite: FaultSuite<BareContext> = {
    name: 'made',
    verifier: 'smoke',
    healthyCommandLine: () => Promise.reject(new Error('no verifier is run')),
    evaluate: async () => deployment.evaluate(),
    faults: [fault],
    ...changes,
  };
  const { signal } = new AbortController();
  try {
    await tryFault(suite, fault, { command: 'none', context }, { signal, isLast: false, ...attempt });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('a fault that is found, and is gone afterwards, passes', async () => {
  const deployment = new Deployment();
  expect(await said(deployment, breaking(deployment))).toBe('');
  expect(deployment.looks).toEqual([true, false]);
});

test('a fault that another check must see fails, and the deployment is healthy again', async () => {
  const deployment = new Deployment();
  expect(await said(deployment, breaking(deployment, { expectRed: ['version'] }))).toBe(
    [
      'expected version red, in words like /503/',
      'seen healthz red, exit code 1',
      '  version did not go red',
      '  healthz went red with it',
      'the verifier said:',
      '  healthz: 503',
    ].join('\n'),
  );
  expect(deployment.broken).toBe(false);
});

test('a fault that is not taken back fails', async () => {
  const deployment = new Deployment();
  const stays = breaking(deployment, {
    inject: async () => {
      deployment.broken = true;
      return injection(() => Promise.resolve());
    },
  });
  expect(await said(deployment, stays)).toContain('afterwards: healthz is red on the healthy release');
});

describe('what can not be done is told', () => {
  test('injecting', async () => {
    const deployment = new Deployment();
    const stuck = breaking(deployment, { inject: () => Promise.reject(new Error('the API server is gone')) });
    expect(await said(deployment, stuck)).toMatch(
      /^seen nothing, because no verifier was run\n.*could not be injected, .*: the API server is gone$/m,
    );
  });
  test('taking back, with what was seen before', async () => {
    const deployment = new Deployment();
    const stuck = breaking(deployment, {
      inject: async () => {
        deployment.broken = true;
        return injection(() => Promise.reject(new Error('the API server is gone')));
      },
    });
    expect(await said(deployment, stuck)).toMatch(/seen healthz red[\s\S]*taken back: the API server is gone/);
  });
  test('looking afterwards', async () => {
    const deployment = new Deployment();
    const evaluate = async () => {
      if (deployment.looks.length > 0) {
        throw new Error('no answer');
      }
      return deployment.evaluate();
    };
    expect(await said(deployment, breaking(deployment), { evaluate })).toContain(
      'afterwards nobody could look: no answer',
    );
  });
});

test('a fault that hangs is ended by its deadline and taken back', async () => {
  const deployment = new Deployment();
  const evaluate = ({ signal }: BareContext) =>
    deployment.looks.length === 0 && deployment.broken
      ? new Promise<Evaluation>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      : Promise.resolve(deployment.evaluate());
  expect(await said(deployment, breaking(deployment), { evaluate }, { deadlineMs: 20 })).toMatch(
    /aborted due to timeout/,
  );
  expect(deployment.broken).toBe(false);
  expect(deployment.looks).toEqual([false]);
});

describe('whether all is healthy again is looked at', () => {
  const commandLine = (deployment: Deployment) =>
    breaking(deployment, { expectRed: [], inject: async () => otherCommandLine({}) });
  test.each([
    ['not after another command line', 'another command line', {}, {}, 1],
    ['after the last, whatever it was', 'another command line', {}, { isLast: true }, 2],
    ['not after each where the suite says so', 'a change', { healthyAgain: 'at the end' }, {}, 1],
    ['but after its last', 'a change', { healthyAgain: 'at the end' }, { isLast: true }, 2],
  ] as const)('%s', async (_, what, suite, attempt, times) => {
    const deployment = new Deployment();
    const fault = what === 'a change' ? breaking(deployment) : { ...commandLine(deployment), says: /^/ };
    expect(await said(deployment, fault, suite, attempt)).toBe('');
    expect(deployment.looks).toHaveLength(times);
  });
});

describe('a fault that may be in place beside others', () => {
  test('passes if it leaves the release untouched, and nobody looks again', async () => {
    const deployment = new Deployment();
    const [fault] = besideOthers([
      breaking(deployment, { expectRed: [], says: /^/, inject: async () => otherCommandLine({}) }),
    ]);
    expect(fault && (await said(deployment, fault))).toBe('');
    expect(deployment.looks).toHaveLength(1);
  });
  test('fails if it changes the release', async () => {
    const deployment = new Deployment();
    const [fault] = besideOthers([breaking(deployment)]);
    expect(fault && (await said(deployment, fault))).toContain('it is declared to leave the release untouched');
    expect(deployment.broken).toBe(false);
  });
});
