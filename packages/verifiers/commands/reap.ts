import { withHiccups } from '@meho/contract/check';
import { unknownVerdict } from '@meho/contract/cluster/cluster-view';
import type { ExitCode } from '@meho/core/command-line/exit-code';
import { defaulted, readFlags, toggle, type ValuesOf } from '@meho/core/command-line/flags';
import { asksForHelp, usage } from '@meho/core/command-line/usage';
import { duration } from '@meho/core/command-line/values';
import { readVerifierEnvironment } from '@meho/core/config';
import { Hiccups } from '@meho/core/http/hiccups';
import { UsageError } from '@meho/core/problem';
import { lineSafe } from '@meho/core/redaction/line-safe';
import { KubeApi } from '@meho/kube/api/api';
import { serverTime } from '@meho/kube/permissions/who-am-i';
import { findMarkedNamespaces, type ReapedNamespace, reap } from '@meho/lab/pr-smoke/reap';
import { clusterFlags, clusterOf } from '../flags/cluster-flags.ts';
import { NETWORK_ENVIRONMENT } from '../flags/network-environment.ts';
import { collectSecrets } from '../report/redact.ts';
import { lineOf, reportOf } from '../report/report.ts';
import { contextOf, reportProblems } from '../report/step-report.ts';
import type { StandaloneIo } from '../standalone.ts';

export const reapFlags = {
  'older-than': defaulted('DURATION', 'leave what is younger, e.g. 2h or 90m', duration, 2 * 3600_000, '2h'),
  'dry-run': toggle('only say what would be removed'),
  ...clusterFlags,
};

const summary = `Removes namespaces that smokes of pull requests left when they were killed: those with the name and both labels of a
smoke, or those of rke2-access, older than asked, whose run is gone. A run is gone when its process on this machine has ended or, where that can't
be seen, when the time is over that the namespace says it may last. Nothing else is touched.`;

const exitCodes =
  '0 what should be gone is, 1 something could not be removed or looked at, 2 it could not run as asked, 129, 130, 141 or 143 ended by a signal';

/** `meho-acceptance pr-smoke reap …`. @returns 0 all gone, 1 something could not be removed or inspected, 2 usage */
export async function runReap(argv: readonly string[], io: StandaloneIo): Promise<ExitCode> {
  const env = readVerifierEnvironment();
  const safe = lineSafe(io.secrets);
  if (asksForHelp(argv)) {
    const environment = { KUBECONFIG: 'kubeconfig file or files', ...NETWORK_ENVIRONMENT };
    io.out(usage({ command: 'meho-acceptance pr-smoke reap', summary, flags: reapFlags, environment, exitCodes }));
    return 0;
  }
  try {
    const { values, problems: found } = readFlags(reapFlags, argv);
    const problems = [...found];
    const access = await clusterOf(values, env, io.signal, problems);
    if (problems.length > 0 || access === undefined) {
      throw new UsageError(problems);
    }
    // Complete if there are no problems.
    const { 'older-than': olderThanMs, 'dry-run': dryRun } = values as ValuesOf<typeof reapFlags>;
    io.progress?.begin();
    using api = new KubeApi(collectSecrets(access, io.secrets));
    contextOf(api, io, { safe, json: false });
    const hiccups = new Hiccups();
    const onReaped = ({ namespace, did, why }: ReapedNamespace) => {
      const write = did === 'failed' ? io.err : io.out;
      write(`${safe(`${tags[did]} ${namespace}: ${did === 'failed' ? why : `${did}: ${why}`}`)}\n`);
    };
    let seen: readonly ReapedNamespace[];
    let look = looks.namespaces;
    try {
      seen = await hiccups.during(async () => {
        const found = await findMarkedNamespaces(api, io.signal);
        look = looks.time;
        const now = found.length === 0 ? 0 : await serverTime(api, io.signal);
        return reap(api, found, { now, olderThanMs, dryRun, signal: io.signal, onReaped });
      });
    } catch (error) {
      io.signal.throwIfAborted();
      const verdict = withHiccups(unknownVerdict(look.expected, error), hiccups);
      const check = { ...look, needs: [], run: async () => verdict };
      io.err(`${lineOf(reportOf({ check, verdict, durationMs: 0 }, safe))}\n`);
      return 1;
    }
    const count = (did: (typeof seen)[number]['did']) => seen.filter((each) => each.did === did).length;
    const removed = dryRun ? `${count('would remove')} would be removed` : `${count('removed')} removed`;
    const again = hiccups.line === undefined ? '' : `; ${safe(hiccups.line)}`;
    io.out(`reap: ${removed}, ${count('left')} left, ${count('failed')} failed${again}\n`);
    return count('failed') > 0 ? 1 : 0;
  } catch (error) {
    return reportProblems(io, { command: 'pr-smoke reap', json: false, error });
  }
}

/** Required before anything is removed. */
const looks: Readonly<Record<'namespaces' | 'time', { id: string; title: string; expected: string }>> = {
  namespaces: {
    id: 'namespaces',
    title: 'Namespaces of smokes are listed',
    expected: 'the API server to list the namespaces of smokes',
  },
  time: {
    id: 'time',
    title: 'The API server tells its time',
    expected: 'the time by which namespaces are dated: age decides',
  },
};

const tags = { removed: '[ok]', 'would remove': '[note]', left: '[note]', failed: '[FAIL]' } as const;
