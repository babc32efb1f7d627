import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { unsetVerifierVariables } from '@meho/core/config';
import { type CommandResult, run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { scratchFolder } from '@meho/core/runs/temporary';
import type { Environment } from '../environment/environment.ts';

const program = path.join(repositoryRoot, 'packages', 'verifiers', 'main.ts');
const timeoutMs = 120_000;

export interface VerifierProcess {
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  /** Arguments that aren't `--name=value`. */
  readonly more?: readonly string[];
  /** Secrets go here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives each line of both streams. */
  readonly onLine?: (line: string) => void;
}

/** Runs a verifier as a process that trusts only the run's authority. */
export async function runVerifier({ clusterDefaults }: Environment, asked: VerifierProcess): Promise<CommandResult> {
  await using folder = await scratchFolder('verify');
  const cacert = path.join(folder.path, 'ca.pem');
  await writeFile(cacert, clusterDefaults.trust);
  const args = Object.entries({ cacert, ...asked.flags }).map(([name, value]) => `--${name}=${value}`);
  return await run(process.execPath, [program, asked.name, ...args, ...(asked.more ?? [])], {
    env: { ...unsetVerifierVariables(), ...asked.env },
    timeoutMs,
    acceptExitCodes: [1, 2],
    ...(asked.onLine === undefined ? {} : { onLine: asked.onLine }),
  });
}
