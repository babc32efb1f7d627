import { startEnvironment } from '../environment/environment.ts';
import { holdSemantics, toldDifference } from '../environment/policy-semantics.ts';
import { ownSubject } from '../environment/request.ts';
import type { Held } from '../policy/random/hold-evaluator.ts';
import { seconds } from '../report/timeline.ts';
import { defaulted, optional } from '../verifiers/flags.ts';
import { wholeSeconds } from '../verifiers/values.ts';
import type { CommandContext } from './command.ts';
import { readInput } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { suiteFlags } from './suite-flags.ts';

export const policyFlags = {
  policies: defaulted('COUNT', 'how many random policies are tried', wholeSeconds(1, 100_000), 200),
  seed: optional('NUMBER', 'draws the same policies again; a random one where absent', wholeSeconds(0, 2 ** 31 - 1)),
  artefacts: suiteFlags.artefacts,
};

/** Sets that are tried at once: three pods each. */
const plots = 6;
const shrinks = 60;

/** Random policies on a cluster of its own: computed has to be observed, for every flow. */
export async function soakPolicies(args: readonly string[], context: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(policyFlags, args);
  const { progress, signal } = context;
  const seed = values.seed ?? Math.floor(Math.random() * 2 ** 31);
  process.stdout.write(`seed ${seed}\n`);
  const { held, tookMs } = await ownedRun(settings, context, async (run) => {
    await prepare(settings, context);
    const request = {
      settings,
      labels: run.labels,
      artefacts: values.artefacts,
      subject: ownSubject,
      ownerCleansUp: true,
    };
    await using environment = await startEnvironment(request, { progress, signal });
    return await progress.step('random policies', async (step) => {
      const started = performance.now();
      const onRound = (sofar: Held) => step.update(told(sofar));
      const result = await holdSemantics(environment, {
        policies: values.policies,
        seed,
        plots,
        shrinks,
        onRound,
        signal,
      });
      return { held: result, tookMs: performance.now() - started };
    });
  });
  const { difference } = held;
  const verdict = difference === undefined ? 'every flow was observed as computed' : toldDifference(difference, seed);
  process.stdout.write(`${told(held)}, in ${seconds(tookMs)}: ${verdict}\n`);
  return difference === undefined ? 0 : 1;
}

function told({ policies, sets, flows, closed }: Held): string {
  return `${policies} policies in ${sets} sets, ${flows} flows of which ${closed} closed`;
}
