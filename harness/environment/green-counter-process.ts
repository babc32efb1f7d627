import path from 'node:path';
import { type FakeGithub, type FakeGithubOptions, fakeGithub, fakeToken } from '../github/testing/fake-github.ts';
import type { World } from '../github/testing/world.ts';
import { type Finished, run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';

const program = path.join(repositoryRoot, 'harness', 'verifiers', 'main.ts');
const timeoutMs = 60_000;

export interface GreenCounterProcess extends Partial<Omit<FakeGithubOptions, 'world'>> {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs `meho-acceptance green-counter` as its users do, as a process of its own, against a GitHub on loopback that has
 * this history. Needs no cluster.
 */
export async function runGreenCounter(
  world: World,
  { flags = [], env = {}, ...github }: GreenCounterProcess = {},
): Promise<Finished & { readonly log: FakeGithub['log'] }> {
  await using server = await fakeGithub({ world: () => world, ...github });
  const args = [program, 'green-counter', `--repo=${world.repo}`, `--api-url=${server.url}`, ...flags];
  const finished = await run(process.execPath, args, {
    env: { GITHUB_TOKEN: fakeToken, GITHUB_API_URL: '', ...env },
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
  return { ...finished, log: server.log };
}
