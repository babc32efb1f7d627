import { defaulted } from '@meho/core/command-line/flags';
import { wholeSeconds } from '@meho/core/command-line/values';
import { out } from '@meho/core/report/output';
import { seconds } from '@meho/core/report/timeline';
import { namespaces } from '@meho/kube/api/resource';
import { readInput } from '../commands/calling/input.ts';
import { suiteFlags } from '../commands/calling/suite-flags.ts';
import type { CommandContext } from '../commands/command.ts';
import { prepare } from '../commands/running/prepare.ts';
import { withOwnedRun } from '../commands/running/with-owned-run.ts';
import { startEnvironment } from '../release/environment/environment.ts';
import { ownSubject } from '../release/environment/request.ts';
import { prepareInstallTarget } from '../release/install-target/install-target.ts';
import { type PrSmokeResult, prSmokeInput, runPrSmoke } from '../release/processes/pr-smoke-process.ts';

export const prSmokeSoakFlags = {
  count: defaulted('COUNT', 'how many pull requests are smoked at once', wholeSeconds(2, 50), 5),
  artefacts: suiteFlags.artefacts,
};

const firstPr = 901;

/** Each run must be green and unaffected by the others. */
export async function soakPrSmokes(args: readonly string[], context: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(prSmokeSoakFlags, args);
  const { progress, signal } = context;
  const ends = await withOwnedRun(context, async (run) => {
    await prepare(settings, context);
    const request = {
      settings,
      labels: run.labels,
      artefacts: values.artefacts,
      subject: ownSubject,
      ownerCleansUp: true,
    };
    await using environment = await startEnvironment(request, { progress, signal });
    const prs = Array.from({ length: values.count }, (_, index) => firstPr + index);
    const inputs = await Promise.all(
      prs.map(async (pr) => prSmokeInput(environment, await prepareInstallTarget(environment, `pr-${pr}`), pr)),
    );
    const made = await progress.step(`${values.count} smokes at once`, () =>
      Promise.all(inputs.map((input) => runPrSmoke(input, { more: ['--enforce-budget'] }))),
    );
    const { items } = await environment.api.list(namespaces, { labels: 'meho.io/managed-by=pr-smoke' });
    const left = items.flatMap(({ metadata }) => metadata?.name ?? []);
    return made.map((end, index) => ({ pr: firstPr + index, end, left }));
  });
  const lines = ends.map(
    ({ pr, end }) => `${pr}  exit code ${end.exitCode}  ${seconds(end.durationMs).padStart(10)}  ${phasesOf(end)}`,
  );
  out(`${lines.join('\n')}\n`);
  const red = ends.filter(({ end }) => end.exitCode !== 0);
  for (const { pr, end } of red) {
    out(`pull request ${pr}:\n${end.stdout}\n${end.stderr}\n`);
  }
  const left = ends[0]?.left ?? [];
  out(`${ends.length - red.length} of ${ends.length} green; namespaces left: ${left.join(', ') || 'none'}\n`);
  return red.length === 0 && left.length === 0 ? 0 : 1;
}

function phasesOf({ stdout }: PrSmokeResult): string {
  const rows = [...stdout.matchAll(/^(namespace|install|smoke|tear-down)(?: \(failed\))? +\S+ s +(.+? s) +(\d+ %)$/gm)];
  return rows.map(([, name, took, share]) => `${name} ${took} (${share})`).join(', ');
}
