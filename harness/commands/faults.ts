import { usage } from '@meho/core/command-line/usage';
import { UsageError } from '@meho/core/problem';
import type { RunIdentity } from '@meho/core/runs/identity';
import { imagesOf } from '@meho/images/catalog';
import type { Engine } from '@meho/images/engine/engine';
import { type AnySuite, needsRelease, suites } from '../faults/suites.ts';
import { commonVariables, readInput, verdictCodes } from './calling/input.ts';
import { nodeFlag, nodeFlagsIn, nodeProblems } from './calling/node-flag.ts';
import { splitPositional } from './calling/positional.ts';
import { longNames, suiteFlags, testFlag } from './calling/suite-flags.ts';
import type { Command } from './command.ts';
import { conclude } from './ending/conclude.ts';
import { writeReports } from './ending/write-reports.ts';
import { readFailed } from './reuse/rerun.ts';
import { reuseFlags, reuseProblems } from './reuse/reuse-flags.ts';
import { whatIsUp, withWhatIsUp } from './reuse/use-up.ts';
import { prepare } from './running/prepare.ts';
import { runFaults } from './running/run-faults.ts';
import { withOwnedRun } from './running/with-owned-run.ts';

const names = suites.map(({ name }) => name);
const flags = { test: testFlag, ...reuseFlags, ...nodeFlag, artefacts: suiteFlags.artefacts };

/** Shows that each check can fail: faults from outside the chart, and what the verifier made of them. */
export const faults: Command = {
  name: 'faults',
  summary: `inject faults and show that exactly the right checks go red: ${names.join(', ')}`,
  usage: usage({
    command: `npm run faults -- [${names.join('|')}] …`,
    summary:
      'Injects one fault after the other into a healthy release and compares what went red. Without a name: all.',
    flags,
    environment: commonVariables,
    exitCodes: verdictCodes,
  }),
  async run(args, context) {
    const { positional, rest } = splitPositional(flags, longNames(args));
    const unknown = positional.filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      throw new UsageError(
        unknown.map((name) => `unknown suite ${JSON.stringify(name)}: expected ${names.join(', ')}`),
      );
    }
    const { values, settings } = readInput(flags, rest, (given) => [
      ...reuseProblems(given, { test: given.test }, {}, positional),
      ...nodeProblems(given, { use: given.use }),
    ]);
    const { use, repeat, keep, node, kubernetes } = values;
    const rerun = values['rerun-failed'] ? await readFailed(values.artefacts, 'faults') : undefined;
    const { artefacts, testName } = { artefacts: values.artefacts, testName: values.test, ...rerun };
    const isMeant = ({ name }: AnySuite) =>
      rerun?.files.some((file) => file.endsWith(`/${name}.faults.ts`)) ??
      (positional.length === 0 || positional.includes(name));
    const named = suites.filter(isMeant);
    const chosen = named.filter((suite) => values.test === undefined || holdsFault(suite, new RegExp(values.test)));
    if (chosen.length === 0) {
      const known = named.map(({ name }) => name).join(', ');
      throw new UsageError([`--test: expected a fault of ${known}, got ${JSON.stringify(values.test)}`]);
    }
    const onCluster = chosen.some(needsRelease);
    const idle = [
      ...(use === undefined ? [] : ['--use up']),
      ...(keep ? ['--keep'] : []),
      ...nodeFlagsIn({ node, kubernetes }),
    ];
    if (!onCluster && idle.length > 0) {
      const all = chosen.map(({ name }) => name).join(', ');
      throw new UsageError(idle.map((flag) => `${flag}: ${all} needs no cluster`));
    }
    const up = use === undefined ? undefined : await whatIsUp();
    const byName = testName === undefined ? {} : { testName };
    const asked = { suites: chosen, settings, artefacts, repeat, keep, node, kubernetes, ...byName };
    const work = async (run: RunIdentity, _engine: Engine, foundation?: string) => {
      await prepare(settings, context, imagesOf({ node, kubernetes }));
      return runFaults({ ...asked, run, foundation }, context);
    };
    const end = keep ? 'keep' : 'remove';
    const running = !onCluster
      ? runFaults(asked, context)
      : up === undefined
        ? withOwnedRun(context, work, end)
        : withWhatIsUp(up, settings, context, work, end);
    const { timeline } = context;
    return conclude(running, context, {
      ran: { command: 'npm run faults --', args },
      report: async (end) => [
        ...(rerun === undefined ? [] : [`run again: ${rerun.about}`]),
        `report: ${await writeReports({ artefacts, command: 'faults', project: 'faults', timeline, isByName: testName !== undefined, ...end })}`,
      ],
    });
  },
};

/** As the test runner matches names: the suite's, a space, the test's. */
function holdsFault({ name, faults: all }: AnySuite, wanted: RegExp): boolean {
  const titles = [`${name} healthy`, ...all.map(({ id, title }) => `${name} ${id}: ${title}`)];
  return titles.some((title) => wanted.test(title));
}
