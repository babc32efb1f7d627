import { startEnvironment } from '../environment/environment.ts';
import { type PrSmokeEnd, prSmokeInput, runPrSmoke } from '../environment/pr-smoke-process.ts';
import { ownSubject } from '../environment/request.ts';
import { prepareSite } from '../environment/site.ts';
import { namespaces } from '../kube/resource.ts';
import { out } from '../report/output.ts';
import { seconds } from '../report/timeline.ts';
import { defaulted } from '../verifiers/flags.ts';
import { wholeSeconds } from '../verifiers/values.ts';
import type { CommandContext } from './command.ts';
import { readInput } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';
import { suiteFlags } from './suite-flags.ts';

export const prSmokeSoakFlags = {
  count: defaulted('COUNT', 'how many pull requests are smoked at once', wholeSeconds(2, 50), 5),
  artefacts: suiteFlags.artefacts,
};

const firstPr = 901;

/** Smokes of several pull requests at once on one cluster: each green, and none knows of the others. */
export async function soakPrSmokes(args: readonly string[], context: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(prSmokeSoakFlags, args);
  const { progress, signal } = context;
  const ends = await ownedRun(context, async (run) => {
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
      prs.map(async (pr) => prSmokeInput(environment, await prepareSite(environment, `pr-${pr}`), pr)),
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

/** The phase table on one line. */
function phasesOf({ stdout }: PrSmokeEnd): string {
  const rows = [...stdout.matchAll(/^(namespace|install|smoke|tear-down)(?: \(failed\))? +\S+ s +(.+? s) +(\d+ %)$/gm)];
  return rows.map(([, name, took, share]) => `${name} ${took} (${share})`).join(', ');
}
