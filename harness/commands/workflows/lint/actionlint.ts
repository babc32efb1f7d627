import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf, Problem } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { parse, stringify } from 'yaml';
import type { LintFinding } from './finding.ts';

interface Report {
  readonly message: string;
  readonly filepath: string;
  readonly line: number;
  readonly column: number;
  readonly kind: string;
}

export interface ActionlintOptions {
  /** Paths of the programs. */
  readonly program: string;
  readonly shellcheck: string;
  /** The folder that the files' paths start in. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

const configuration = path.join(repositoryRoot, '.github', 'actionlint.yaml');
const timeoutMs = 60_000;

/** What it says of workflows, their scripts included. */
export async function actionlint(
  files: readonly string[],
  { program, shellcheck, cwd, signal }: ActionlintOptions,
): Promise<readonly LintFinding[]> {
  const args = ['-config-file', configuration, '-shellcheck', shellcheck, '-pyflakes=', '-format', '{{json .}}'];
  const { stdout } = await run(program, [...args, ...files], { cwd, timeoutMs, signal, acceptExitCodes: [1] });
  return reportsIn(stdout).map(({ kind, message, filepath: file, line, column }) => ({
    rule: (kind === 'shellcheck' ? /\bSC\d+\b/.exec(message)?.[0] : undefined) ?? kind,
    file,
    line,
    column,
    message,
  }));
}

/** It reads an action only for a workflow that uses it: one that gives what the action requires is made for that. */
export async function actionlintOfAction(file: string, options: ActionlintOptions): Promise<readonly LintFinding[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'actionlint-'));
  try {
    const workflows = path.join(folder, '.github', 'workflows');
    await Promise.all([mkdir(workflows, { recursive: true }), mkdir(path.join(folder, '.git'))]);
    const action = path.resolve(options.cwd, file);
    await copyFile(action, path.join(folder, 'action.yml'));
    await writeFile(path.join(workflows, 'caller.yml'), callerOf(await readFile(action, 'utf8')));
    const found = await actionlint([path.join('.github', 'workflows', 'caller.yml')], { ...options, cwd: folder });
    return found.map(({ rule, message }) => ({
      rule,
      file,
      line: 1,
      column: 1,
      message: message.replaceAll(folder, path.dirname(file)),
    }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function callerOf(action: string): string {
  const steps = [{ uses: './', with: Object.fromEntries(requiredInputs(action).map((name) => [name, 'given'])) }];
  return stringify({ on: 'push', jobs: { call: { 'runs-on': 'ubuntu-latest', steps } } });
}

/** None of a file that can't be read: the linter then says why. */
function requiredInputs(action: string): readonly string[] {
  let inputs: Readonly<Record<string, { readonly required?: boolean }>> = {};
  try {
    inputs = parse(action)?.inputs ?? {};
  } catch {
    return [];
  }
  return Object.entries(inputs).flatMap(([name, input]) => (input?.required === true ? [name] : []));
}

function reportsIn(stdout: string): readonly Report[] {
  try {
    return JSON.parse(stdout) as readonly Report[];
  } catch (error) {
    throw new Problem(
      { expected: 'a report of actionlint as JSON', observed: messageOf(error), next: 'run it without -format' },
      { cause: error },
    );
  }
}
