import path from 'node:path';
import type { Settings } from '../config.ts';
import { ownSubject } from '../environment/request.ts';
import { UsageError } from '../problem.ts';
import { needsRelease, proveAll } from '../prove/prove.ts';
import type { StoryProofs } from '../prove/prove-story.ts';
import { type AnyStory, stories } from '../prove/stories.ts';
import { proveTable } from '../prove/verdict.ts';
import { out } from '../report/output.ts';
import { add, closingLine, nothing, type Tally } from '../report/tally.ts';
import { phaseTable } from '../report/timeline.ts';
import type { RunIdentity } from '../runs/identity.ts';
import { bundleVerifiers } from '../verifiers/bundle.ts';
import { usage } from '../verifiers/usage.ts';
import type { Command, CommandContext } from './command.ts';
import { commonVariables, readInput, verdictCodes } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { suiteFlags } from './suite-flags.ts';

const { artefacts } = suiteFlags;

/** Shows that each check can fail: faults from outside the chart, and what the verifier made of them. */
export const prove: Command = {
  name: 'prove',
  summary: `inject faults and show that exactly the right checks go red: ${stories.map(({ name }) => name).join(', ')}`,
  usage: usage({
    command: `npm run prove -- [${stories.map(({ name }) => name).join('|')}]`,
    summary:
      'Installs a healthy release, injects one fault after the other and prints what went red. Without a name: all.',
    flags: { artefacts },
    environment: commonVariables,
    exitCodes: verdictCodes,
  }),
  async run(args, context) {
    const names = args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--artefacts');
    const unknown = names.filter((name) => !stories.some((story) => story.name === name));
    if (unknown.length > 0) {
      const known = stories.map(({ name }) => name).join(', ');
      throw new UsageError(unknown.map((name) => `unknown story ${JSON.stringify(name)}: expected ${known}`));
    }
    const rest = args.filter((arg) => !names.includes(arg));
    const { values, settings } = readInput({ artefacts }, rest);
    const chosen = stories.filter(({ name }) => names.length === 0 || names.includes(name));
    const options = { settings, artefacts: values.artefacts };
    const tally = chosen.some(needsRelease)
      ? await ownedRun(context, async (run) => {
          await prepare(settings, context);
          return proveStories(chosen, { ...options, run }, context);
        })
      : await proveStories(chosen, options, context);
    context.progress.note(`\n${phaseTable(context.timeline.phases, context.timeline.elapsedMs)}\n`);
    out(`${closingLine(tally)}\n`);
    return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
  },
};

export interface ProveRun {
  readonly settings: Settings;
  /** Absent where nothing is made that a run must own. */
  readonly run?: RunIdentity;
  readonly artefacts: string;
}

/** Prints the table of each story; each fault counts as one test, an unhealthy release as a failed one. */
export async function proveStories(
  chosen: readonly AnyStory[],
  { settings, run, artefacts: folder }: ProveRun,
  { progress, timeline, signal }: CommandContext,
): Promise<Tally> {
  const results = await proveAll({
    request: { settings, labels: run?.labels ?? {}, artefacts: folder, subject: ownSubject, ownerCleansUp: true },
    stories: chosen,
    bundle: async (out) => {
      await bundleVerifiers(out);
      return path.join(out, 'meho-acceptance.js');
    },
    progress,
    timeline,
    signal,
  });
  return [...results].map(([story, proofs]) => tell(story, proofs)).reduce(add, nothing);
}

function tell({ name, faults }: AnyStory, { proofs, unhealthy }: StoryProofs): Tally {
  out(`\nprove ${name}\n${proveTable(proofs)}\n`);
  const missed = proofs.filter(({ complaints }) => complaints.length > 0);
  for (const { fault, complaints } of missed) {
    out(`MISSED ${fault.id}:\n${complaints.map((line) => `  ${line}\n`).join('')}`);
  }
  for (const complaint of unhealthy) {
    out(`before any fault: ${complaint}\n`);
  }
  const failed = unhealthy.length > 0 ? faults.length : missed.length;
  out(`${name}: ${proofs.length - missed.length} of ${faults.length} faults found\n`);
  return { passed: faults.length - failed, failed, skipped: 0 };
}
