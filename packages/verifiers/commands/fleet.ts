import path from 'node:path';
import { endWithoutVerdict, errorDocument } from '@meho/core/command-line/error-document';
import type { ExitCode } from '@meho/core/command-line/exit-code';
import { readFlags, type ValuesOf } from '@meho/core/command-line/flags';
import { asksForHelp, usage } from '@meho/core/command-line/usage';
import { readVerifierEnvironment, type VerifierEnvironment } from '@meho/core/config';
import { hostAndPort } from '@meho/core/http/endpoint';
import { systemRoots } from '@meho/core/http/system-roots';
import { UsageError } from '@meho/core/problem';
import { fieldSafe, lineSafe } from '@meho/core/redaction/line-safe';
import { jsonText } from '@meho/core/report/safe-text';
import { helmDriverProblems } from '@meho/helm/storage';
import { fleetFlags } from '../flags/fleet-flags.ts';
import { NETWORK_ENVIRONMENT } from '../flags/network-environment.ts';
import { type FleetCluster, readClusters, readListedClusters } from '../fleet/fleet-clusters.ts';
import { FleetCollector } from '../fleet/fleet-collector.ts';
import { writeFleetJunit } from '../fleet/fleet-junit.ts';
import { type FleetList, readFleetList } from '../fleet/fleet-list.ts';
import { closingLineOf } from '../fleet/fleet-report.ts';
import { type FleetState, noState, withState } from '../fleet/fleet-state.ts';
import { type FleetRequest, runFleet } from '../fleet/run-fleet.ts';
import type { Standalone, StandaloneIo } from '../standalone.ts';
import { HELM_DRIVER_HELP } from '../verifier.ts';

const NAME = 'fleet';
const summary = `Verifies every release of one or several clusters, side by side: looks for them by their labels and makes of each the checks
of install-verify that need neither token nor database. One verdict over all of them; reads only.`;
const environment = { KUBECONFIG: 'kubeconfig file or files', HELM_DRIVER: HELM_DRIVER_HELP, ...NETWORK_ENVIRONMENT };
const exitCodes =
  '0 every release holds, 1 one does not or a cluster could not be asked, 2 nothing could be asked, or not as asked';

type Values = ValuesOf<typeof fleetFlags>;

/** `meho-acceptance fleet …`. @returns 0 all hold, 1 one is broken or silent, 2 nothing could be asked, or not as asked */
export async function runFleetCommand(argv: readonly string[], io: StandaloneIo): Promise<ExitCode> {
  if (asksForHelp(argv)) {
    io.out(usage({ command: `meho-acceptance ${NAME}`, summary, flags: fleetFlags, environment, exitCodes }));
    return 0;
  }
  const { values: found, problems: wrong } = readFlags(fleetFlags, argv);
  const json = found.output === 'json';
  try {
    const problems = [...wrong];
    const env = readVerifierEnvironment();
    problems.push(...helmDriverProblems(env.helmDriver));
    const list = found.releases === undefined ? undefined : listOf(found, problems);
    if (found.verifier === 'rollback-verify' && !knowsCommits(found, list)) {
      problems.push("--expected-git-sha: expected N's commit with --verifier rollback-verify, there is none");
    }
    const request = { ...clustersOf(found), env, signal: io.signal };
    const { clusters, listed } =
      list === undefined
        ? { clusters: await readClusters(request, problems), listed: undefined }
        : await readListedClusters(list.releases, request, problems);
    if (problems.length > 0) {
      throw new UsageError(problems);
    }
    // Complete if there are no problems.
    return await judge({ clusters, listed, digest: list?.digest }, found as Values, env, { io, json });
  } catch (error) {
    return tellEnd(error, { io, json });
  }
}

const command: Standalone = { name: NAME, run: runFleetCommand };
export default command;

interface Fleet {
  readonly clusters: readonly FleetCluster[];
  readonly listed: FleetRequest['listed'] | undefined;
  /** Of the list. */
  readonly digest: string | undefined;
}

function knowsCommits(found: Partial<Values>, list: FleetList | undefined): boolean {
  const isListed = list?.releases.every(({ expectedGitSha }) => expectedGitSha !== undefined) === true;
  return isListed || found['expected-git-sha'] !== undefined;
}

function clustersOf(found: Partial<Values>) {
  return {
    files: found.kubeconfig ?? [],
    contexts: found.context ?? [],
    allowsExec: found['allow-exec'] === true,
  };
}

function listOf({ releases: file = '', ...found }: Partial<Values>, problems: string[]): FleetList | undefined {
  const inItsPlace = (['context', 'namespace'] as const).filter((name) => (found[name]?.length ?? 0) > 0);
  problems.push(...inItsPlace.map((name) => `--${name}: --releases says that of each release; leave it out`));
  if ((found.kubeconfig?.length ?? 0) > 1) {
    problems.push('--kubeconfig: expected one at most with --releases, which names those of each release');
  }
  try {
    return readFleetList(file);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    problems.push(...error.problems);
    return { releases: [], digest: '' };
  }
}

interface Output {
  readonly io: StandaloneIo;
  readonly json: boolean;
}

async function judge(
  { clusters, listed, digest = '' }: Fleet,
  values: Values,
  env: VerifierEnvironment,
  { io, json }: Output,
): Promise<ExitCode> {
  const { secrets, signal, progress } = io;
  const certificates = values.cacert.flatMap((file) => file.certificates);
  const settings = {
    verifier: values.verifier,
    roots: certificates.length > 0 ? certificates : systemRoots(env.network.roots, 'openssl'),
    network: env.network,
    requestTimeoutMs: values['request-timeout'] * 1000,
    rolloutDeadlineMs: values['rollout-timeout'] * 1000,
    safe: fieldSafe(secrets),
    signal,
  };
  const line = lineSafe(secrets);
  const collector = new FleetCollector(values.verifier, (status, text) => {
    if (!json) {
      (status === 'FAIL' || status === 'WARN' ? io.err : io.out)(`${line(text)}\n`);
    }
  });
  const run = async (state: FleetState) => {
    if (state.takenUp !== undefined && !json) {
      io.out(`${line(`[note] ${state.takenUp}`)}\n`);
    }
    progress?.begin();
    await runFleet({
      ...{ clusters, secrets, settings, state, listener: collector },
      ...(listed === undefined ? {} : { listed }),
      selector: values.selector,
      namespaces: values.namespace,
      concurrency: values.concurrency,
      template: values.host,
      expectedGitSha: values['expected-git-sha'],
      connectTo: values['connect-to'],
    });
    const report = collector.report(clusters.map(({ name }) => name));
    if (values.junit !== undefined) {
      await writeFleetJunit(values.junit, report);
    }
    return report;
  };
  const report = await (values.state === undefined
    ? run(noState)
    : withState(values.state, whatDecides({ clusters, digest }, values, settings.safe), signal, run));
  io.out(json ? `${jsonText(report)}\n` : `${closingLineOf(report)}\n`);
  return report.exitCode;
}

/** Whose change makes another fleet of it, or other verdicts. */
function whatDecides(
  { clusters, digest }: { readonly clusters: readonly FleetCluster[]; readonly digest: string },
  values: Values,
  safe: (text: string) => string,
): Readonly<Record<string, string>> {
  const { cacert, namespace, host = '', verifier, selector } = values;
  const to = values['connect-to'];
  const decides = {
    clusters: clusters
      .map(({ name, file }) => (file === undefined ? name : `${name} of ${path.resolve(file)}`))
      .join(', '),
    '--verifier': verifier,
    '--selector': selector,
    '--namespace': namespace.join(', '),
    '--releases': digest,
    '--host': host,
    '--expected-git-sha': values['expected-git-sha'] ?? '',
    '--cacert': cacert.map((each) => each.path).join(', '),
    '--connect-to': to === undefined ? '' : hostAndPort(to.host, to.port),
    '--rollout-timeout': String(values['rollout-timeout']),
  };
  return Object.fromEntries(Object.entries(decides).map(([name, text]) => [name, safe(text)]));
}

function tellEnd(error: unknown, { io, json }: Output): ExitCode {
  const { out, err, secrets, signal, progress } = io;
  const { problems, exitCode } = endWithoutVerdict(NAME, { error, signal, progress });
  if (json) {
    out(errorDocument(NAME, problems.map(fieldSafe(secrets)), exitCode));
  }
  for (const problem of problems) {
    err(`${lineSafe(secrets)(`error: ${problem}`)}\n`);
  }
  if (error instanceof UsageError) {
    err(`\`meho-acceptance ${NAME} --help\` lists the flags\n`);
  }
  return exitCode;
}
