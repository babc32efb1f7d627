import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { expect, test } from 'vitest';
import { readWorkflow, stepsOf, workflowText } from './workflow.ts';

/** Workflow, the step that calls one of our commands, and the command line whose help lists its flags. */
const calls = [
  ['pr-smoke.yml', 'Install, smoke, remove', ['packages/verifiers/main.ts', 'pr-smoke']],
  ['nightly-rke2.yml', 'Remove what killed smokes have left', ['packages/verifiers/main.ts', 'pr-smoke', 'reap']],
  ['nightly-rke2.yml', 'What the identity may and may not do', ['packages/verifiers/main.ts', 'rke2-access']],
  ['nightly-rke2.yml', 'Every suite that this cluster allows', ['harness/commands/main.ts', 'acceptance']],
  ['nightly-rke2.yml', 'Put this night on the page with them', ['harness/commands/main.ts', 'report', 'nights']],
  [
    'migration-compat.yml',
    'Judge the migrations of this pull request',
    ['packages/verifiers/main.ts', 'migration-compat'],
  ],
] as const;

test.each(calls)('%s, "%s" uses flags that %j has', async (file, name, command) => {
  const script = stepsOf(readWorkflow(workflowText(file))).find((step) => step.name === name)?.run ?? '';
  const used = [...script.matchAll(/(?<=\s|\()--[a-z][a-z-]+/g)].map(([flag]) => flag);
  const { stdout } = await run(process.execPath, [...command, '--help'], { cwd: repositoryRoot, timeoutMs: 30_000 });
  const known = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((flag) => !known.includes(flag))).toEqual([]);
});
