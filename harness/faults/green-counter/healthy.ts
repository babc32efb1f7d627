import { type FakeGithubOptions, fakeGithub, fakeToken } from '@meho/green-counter/github/testing/fake-github';
import {
  type FakeRepository,
  type FakeRun,
  type FakeSmoke,
  fakeRepository,
} from '@meho/green-counter/github/testing/fake-repository';
import { type BareContext, type Expectation, type Fault, type Injection, otherCommandLine } from '../fault.ts';

/** Six smokes that count, and every kind of run that is ignored. */
const healthySmokes: readonly FakeSmoke[] = [
  { pull: 101, run: 1 },
  { pull: 102, run: 2 },
  { pull: 201, run: 3, changes: { conclusion: 'failure' }, pullChanges: { mergedAt: null } },
  { pull: 103, run: 4 },
  { pull: 202, run: 5, changes: { conclusion: 'skipped' } },
  {
    pull: 104,
    run: 6,
    changes: {
      conclusion: 'cancelled',
      annotations: ["Canceling since a higher priority waiting request for 'x' exists"],
    },
  },
  { pull: 104, run: 7 },
  {
    pull: 203,
    run: 8,
    changes: { conclusion: 'failure' },
    pullChanges: { files: [{ filename: 'docs/index.md' }, { filename: 'backend/README.md' }] },
  },
  { pull: 105, run: 9 },
  { pull: 204, run: 10, changes: { conclusion: 'failure' } },
  { pull: 106, run: 11 },
];

/** Explains the failure of run 10. */
export const healthyNote = {
  run: 9010,
  date: '2026-01-10',
  infrastructure: 'node',
  cause: 'node rke2-2 lost its disk',
};

export const healthyWorld: FakeRepository = fakeRepository(healthySmokes);

export function newer(...smokes: readonly Partial<FakeSmoke>[]): FakeRepository {
  return fakeRepository([
    ...healthySmokes,
    ...smokes.map((smoke, index) => ({ pull: 301 + index, run: 12 + index, ...smoke })),
  ]);
}

export function retold(number: number, changes: Partial<FakeRun>): FakeRepository {
  return {
    ...healthyWorld,
    runs: healthyWorld.runs.map((run) => (run.number === number ? { ...run, ...changes } : run)),
  };
}

export async function served(context: BareContext, options: Partial<FakeGithubOptions>): Promise<string> {
  const server = await fakeGithub({ repository: () => healthyWorld, ...options });
  context.defer(() => Promise.resolve(server[Symbol.asyncDispose]()));
  return server.url;
}

type Told = Omit<Expectation, 'expectRed'> & {
  readonly red?: readonly string[];
  readonly flags?: Injection['flags'];
  readonly env?: Injection['env'];
};

export function fault(
  { red = ['streak'], flags = {}, env = {}, ...told }: Told,
  github: Partial<FakeGithubOptions>,
): Fault<BareContext> {
  return {
    ...told,
    expectRed: red,
    inject: async (context) => otherCommandLine({ flags: { ...flags, 'api-url': await served(context, github) }, env }),
  };
}

export { fakeToken };
