import { type FakeGithubOptions, fakeGithub, fakeToken } from '../../github/testing/fake-github.ts';
import { type MadeRun, type MadeSmoke, madeWorld, type World } from '../../github/testing/world.ts';
import { asked, type BareContext, type Expectation, type Fault, type Injected } from '../story.ts';

/** Six merged and green pull requests, and between them every kind of run that is left out. */
const healthySmokes: readonly MadeSmoke[] = [
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

/** What an operator noted about the failure of run 10. */
export const healthyNote = {
  run: 9010,
  date: '2026-01-10',
  infrastructure: 'node',
  cause: 'node rke2-2 lost its disk',
};

export const healthyWorld: World = madeWorld(healthySmokes);

/** The healthy history with something newer on top. */
export function newer(...smokes: readonly Partial<MadeSmoke>[]): World {
  return madeWorld([
    ...healthySmokes,
    ...smokes.map((smoke, index) => ({ pull: 301 + index, run: 12 + index, ...smoke })),
  ]);
}

/** The healthy history with one run told differently. */
export function retold(number: number, changes: Partial<MadeRun>): World {
  return {
    ...healthyWorld,
    runs: healthyWorld.runs.map((run) => (run.number === number ? { ...run, ...changes } : run)),
  };
}

/** A made-up GitHub for one run of the counter, gone at the end of all. */
export async function served(context: BareContext, options: Partial<FakeGithubOptions>): Promise<string> {
  const server = await fakeGithub({ world: () => healthyWorld, ...options });
  context.defer(() => Promise.resolve(server[Symbol.asyncDispose]()));
  return server.url;
}

type Told = Omit<Expectation, 'expectRed'> & {
  readonly red?: readonly string[];
  readonly flags?: Injected['flags'];
  readonly env?: Injected['env'];
};

/** A fault in what GitHub tells. */
export function fault(
  { red = ['streak'], flags = {}, env = {}, ...told }: Told,
  github: Partial<FakeGithubOptions>,
): Fault<BareContext> {
  return {
    ...told,
    expectRed: red,
    inject: async (context) => asked({ flags: { ...flags, 'api-url': await served(context, github) }, env }),
  };
}

export { fakeToken };
