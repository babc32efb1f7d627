import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { commandPath, ensureCommands } from '@meho/images/engine/debian';
import { type EnsureToolOptions, ensureTool } from '@meho/images/tools/ensure-tool';
import { ensureZizmor } from '@meho/images/tools/zizmor';
import { workflowFiles } from '../workflow.ts';
import { actionlint, actionlintOfAction } from './actionlint.ts';
import type { LintFinding } from './finding.ts';
import { zizmor } from './zizmor.ts';

/** Paths of the linters. */
export interface Linters {
  readonly zizmor: string;
  readonly actionlint: string;
  /** Used by actionlint to check scripts. */
  readonly shellcheck: string;
}

/** Fetches or builds the linters that are missing. @throws Problem naming the one that isn't available */
export async function ensureLinters(options: EnsureToolOptions): Promise<Linters> {
  await ensureCommands({ shellcheck: 'shellcheck' }, options);
  const shellcheck = (await commandPath('shellcheck')) ?? 'shellcheck';
  const program = await ensureZizmor(options);
  return { zizmor: program, actionlint: (await ensureTool('actionlint', options)).path, shellcheck };
}

/** Every workflow and the action, from the repository's folder. */
export function filesToLint(): readonly string[] {
  return [...workflowFiles().map((file) => path.join('.github', 'workflows', file)), 'action.yml'];
}

/**
 * Returns what both linters find in workflows and actions, ordered by file and line.
 *
 * @param files relative to the repository's folder, or absolute
 */
export async function lint(
  files: readonly string[],
  { zizmor: program, ...linters }: Linters,
  signal: AbortSignal,
): Promise<readonly LintFinding[]> {
  const cwd = repositoryRoot;
  const options = { program: linters.actionlint, shellcheck: linters.shellcheck, cwd, signal };
  const actions = files.filter((file) => /^action\.ya?ml$/.test(path.basename(file)));
  const workflows = files.filter((file) => !actions.includes(file));
  const found = await Promise.all([
    zizmor(files, { program, cwd, signal }),
    workflows.length === 0 ? [] : actionlint(workflows, options),
    ...actions.map((file) => actionlintOfAction(file, options)),
  ]);
  return found.flat().toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}
