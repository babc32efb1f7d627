import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Finished, run } from '../process/run.ts';
import { repositoryRoot } from '../repository.ts';
import { scratchFolder } from '../runs/temporary.ts';
import type { Environment } from './environment.ts';

const program = path.join(repositoryRoot, 'harness', 'verifiers', 'main.ts');
const timeoutMs = 120_000;

export interface VerifierProcess {
  /** E.g. `smoke`. */
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  /** Flags without a value, and whatever else a test wants to add. */
  readonly more?: readonly string[];
  /** What the verifier takes from its environment; secrets go here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets each line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
}

/** What a verifier reads is said by the caller or empty: nothing of the machine's own settings gets in. */
const unset = {
  MEHO_ACCESS_TOKEN: '',
  DATABASE_URL: '',
  INSTALL_START_TS: '',
  SMOKE_START_TS: '',
  KUBECONFIG: '',
  KUBERNETES_SERVICE_HOST: '',
};

/** Runs a verifier as its users do, as a process of its own that trusts the run's authority and nobody else. */
export async function runVerifier({ ground }: Environment, asked: VerifierProcess): Promise<Finished> {
  await using folder = await scratchFolder('verify');
  const cacert = path.join(folder.path, 'ca.pem');
  await writeFile(cacert, ground.trust);
  const args = Object.entries({ cacert, ...asked.flags }).map(([name, value]) => `--${name}=${value}`);
  return await run(process.execPath, [program, asked.name, ...args, ...(asked.more ?? [])], {
    env: { ...unset, ...asked.env },
    timeoutMs,
    acceptExitCodes: [1, 2],
    ...(asked.onLine === undefined ? {} : { onLine: asked.onLine }),
  });
}
