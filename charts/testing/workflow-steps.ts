import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CommandResult, run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { parse } from 'yaml';

interface Job {
  readonly steps: readonly { readonly name?: string; readonly run?: string }[];
}

const workflow: { readonly jobs: Readonly<Record<string, Job>> } = parse(
  readFileSync(path.join(repositoryRoot, '.github', 'workflows', 'chart.yml'), 'utf8'),
  { schema: 'core' },
);

/** A step's script as it stands in chart.yml. */
function scriptOf(name: string): string {
  const scripts = Object.values(workflow.jobs).flatMap(({ steps }) =>
    steps.filter((step) => step.name === name).map((step) => step.run ?? ''),
  );
  if (scripts.length !== 1) {
    throw new Error(`expected one step "${name}" in chart.yml, found ${scripts.length}`);
  }
  return scripts[0] ?? '';
}

export interface StepResult extends CommandResult {
  /** Of GITHUB_OUTPUT. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs it as a runner does, in bash; a step that is red has another exit code than 0. */
export async function runStepOf(name: string, cwd: string, env: Readonly<Record<string, string>>): Promise<StepResult> {
  const output = path.join(cwd, 'outputs');
  await writeFile(output, '');
  const finished = await run('bash', ['-e', '-c', scriptOf(name)], {
    cwd,
    env: { ...env, GITHUB_OUTPUT: output },
    timeoutMs: 120_000,
    acceptExitCodes: [1, 2],
  });
  const lines = (await readFile(output, 'utf8')).split('\n').filter((line) => line.includes('='));
  return { ...finished, outputs: Object.fromEntries(lines.map((line) => line.split('=', 2))) };
}
