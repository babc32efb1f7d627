import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaulted, optional } from '@meho/core/command-line/flags';
import { anyText, outputFile, wholeNumber } from '@meho/core/command-line/values';
import { out } from '@meho/core/report/output';
import { repositoryRoot } from '@meho/core/repository';
import { bundleVerifiers } from '@meho/verifiers/bundle/bundle';
import { runByProcess } from '@meho/verifiers/testing/inputs/by-process';
import { createSharedFixture } from '@meho/verifiers/testing/inputs/shared-fixture';
import { appendTotals, describeFinding, describeTotals, Tally } from '@meho/verifiers/testing/inputs/tally';
import {
  plannedAbort,
  type Runner,
  shrinkInput,
  type Trial,
  tryInputs,
} from '@meho/verifiers/testing/inputs/try-inputs';
import { readInput } from '../commands/calling/input.ts';
import type { CommandContext } from '../commands/command.ts';

export const inputFlags = {
  inputs: defaulted('COUNT', 'how many are tried in this process', wholeNumber(0, 10_000_000), 2_000),
  processes: defaulted('COUNT', 'how many are tried by the packed command', wholeNumber(0, 1_000_000), 100),
  signals: defaulted(
    'COUNT',
    'how many of those, the first, get a signal at a random moment',
    wholeNumber(0, 1_000_000),
    30,
  ),
  seed: optional('NUMBER', 'draws the same inputs again; a random one where absent', wholeNumber(0, 2 ** 31 - 1)),
  from: defaulted('NUMBER', 'the number of the first input of the seed', wholeNumber(0, 2 ** 30), 0),
  totals: optional('FILE', 'where what came of it is added to what came of earlier runs', outputFile),
  only: optional(
    'NUMBER',
    'tries the input of this number alone, both ways, and says what it met',
    wholeNumber(0, 2 ** 31 - 1),
  ),
  node: defaulted(
    'FILE',
    'the Node that the packed command runs on',
    anyText('a program'),
    process.execPath,
    'this one',
  ),
};

const atOnce = { inProcess: 24, processes: 3 };
/** In characters. */
const LONGEST_SHOWN = 20_000;

/** Checks that arbitrary inputs give the right exit code in time, well-formed lines and no secret. */
export async function soakInputs(args: readonly string[], { progress, signal }: CommandContext): Promise<0 | 1> {
  const { values } = readInput(inputFlags, args);
  const seed = values.seed ?? Math.floor(Math.random() * 2 ** 31);
  out(`seed ${seed}\n`);
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-packed-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const { from, only, node } = values;
  const processes = only === undefined ? values.processes : 1;
  if (processes > 0) {
    await progress.step('pack the command', async () => {
      await bundleVerifiers(folder);
      // An old Node can't tell module types without it.
      await copyFile(path.join(repositoryRoot, 'package.json'), path.join(folder, 'package.json'));
    });
  }
  const ground = stack.use(await createSharedFixture());
  const program = path.join(folder, 'meho-acceptance.js');
  const signals = only === undefined ? Math.min(values.signals, processes) : 0;
  const byProcess: Runner = (prepared, deadlineMs, _, number) =>
    runByProcess(program, prepared, { deadlineMs, node, call: plannedAbort(seed, number, from + signals) });
  const tally = new Tally();
  const onTrial = (trial: Trial) => {
    for (const find of trial.finds) {
      out(`${describeFinding(seed, trial, find)}\n`);
    }
    tally.add(trial);
  };
  const numbers = (count: number) =>
    only === undefined ? Array.from({ length: count }, (_, at) => from + at) : [only];
  await progress.step('inputs in this process', () =>
    tryInputs(ground, { seed, numbers: numbers(values.inputs), atOnce: atOnce.inProcess, onTrial, signal }),
  );
  if (processes > 0) {
    await progress.step('inputs by the packed command', () =>
      tryInputs(ground, {
        seed,
        numbers: numbers(processes),
        atOnce: atOnce.processes,
        runner: byProcess,
        onTrial,
        signal,
      }),
    );
  }
  if (only !== undefined) {
    const input = await shrinkInput(ground, seed, only);
    out(`${JSON.stringify(input, null, 2).slice(0, LONGEST_SHOWN)}\n`);
  }
  out(`${describeTotals(tally.totals).join('\n')}\n`);
  if (values.totals !== undefined) {
    const all = await appendTotals(values.totals, tally.totals);
    out(`with the earlier ones:\n${describeTotals(all).join('\n')}\n`);
  }
  return tally.finds === 0 ? 0 : 1;
}
