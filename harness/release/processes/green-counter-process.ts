import path from 'node:path';
import { unsetVerifierVariables } from '@meho/core/config';
import { type CommandResult, run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import {
  type FakeGithub,
  type FakeGithubOptions,
  fakeGithub,
  fakeToken,
} from '@meho/green-counter/github/testing/fake-github';
import type { FakeRepository } from '@meho/green-counter/github/testing/fake-repository';

const program = path.join(repositoryRoot, 'packages', 'verifiers', 'main.ts');
const timeoutMs = 60_000;

export interface GreenCounterProcess extends Partial<Omit<FakeGithubOptions, 'repository'>> {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `meho-acceptance green-counter` as a process against a fake GitHub with this history. */
export async function runGreenCounter(
  fake: FakeRepository,
  { flags = [], env = {}, ...github }: GreenCounterProcess = {},
): Promise<CommandResult & { readonly log: FakeGithub['log'] }> {
  await using server = await fakeGithub({ repository: () => fake, ...github });
  const args = [program, 'green-counter', `--repo=${fake.repo}`, `--api-url=${server.url}`, ...flags];
  const finished = await run(process.execPath, args, {
    env: { ...unsetVerifierVariables(), GITHUB_TOKEN: fakeToken, ...env },
    timeoutMs,
    acceptExitCodes: [1, 2],
  });
  return { ...finished, log: server.log };
}
