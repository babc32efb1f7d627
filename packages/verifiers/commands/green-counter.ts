import { Invalid, readFlags, type ValuesOf } from '@meho/core/command-line/flags';
import { asksForHelp, usage } from '@meho/core/command-line/usage';
import { readVerifierEnvironment, type VerifierEnvironment } from '@meho/core/config';
import type { NetworkEnvironment } from '@meho/core/config/network';
import { failureLine } from '@meho/core/failure';
import { routeAsInCurl } from '@meho/core/http/curl-route';
import { Hiccups } from '@meho/core/http/hiccups';
import { messageOf, UsageError } from '@meho/core/problem';
import { lineSafe } from '@meho/core/redaction/line-safe';
import { jsonText } from '@meho/core/report/safe-text';
import { countByGithub } from '@meho/green-counter/ask';
import { type Badge, badgeOf, type Evidence, evidenceOf, sealEvidence, writeBadge } from '@meho/green-counter/badge';
import { cloneReachability } from '@meho/green-counter/clone';
import type { Count } from '@meho/green-counter/count';
import { AnswerCache } from '@meho/green-counter/github/answer-cache';
import { Github } from '@meho/green-counter/github/client';
import { explainRun } from '@meho/green-counter/lines';
import { apiUrl, greenCounterFlags } from '../flags/green-counter-flags.ts';
import { NETWORK_ENVIRONMENT } from '../flags/network-environment.ts';
import type { Standalone, StandaloneIo } from '../standalone.ts';

type Values = ValuesOf<typeof greenCounterFlags>;

const environment = {
  GITHUB_TOKEN: 'reads actions, checks, contents and pull requests of the repository',
  GITHUB_API_URL: "GitHub's API; set in every workflow",
  ...NETWORK_ENVIRONMENT,
};

const exitCodes = '0 passing, 1 not passing, 2 it could not be counted';

const summary = `Counts the newest unbroken run of green smokes over merged pull requests. A pull request counts once; what is neither
counted nor excluded by a rule resets to 0. A history that could not be read in full is never counted as green.`;

/** Published as `green-counter.schema.json`. */
interface Report {
  readonly schemaVersion: 1;
  readonly verifier: 'green-counter';
  readonly outcome: 'passed' | 'failed' | 'error';
  readonly exitCode: 0 | 1 | 2;
  readonly problems?: readonly string[];
  readonly checks?: readonly {
    readonly id: 'streak';
    readonly status: 'ok' | 'FAIL';
    readonly expected: string;
    readonly observed: string;
    readonly hint: string;
  }[];
  readonly minStreak?: number;
  readonly badge?: Badge;
  readonly evidence?: Evidence;
  /** Of the file beside `--badge`. */
  readonly evidenceSha256?: string;
}

const NAME = 'green-counter';
const hint = '--explain tells of every run';

/** `meho-acceptance green-counter`. @returns 0 passing, 1 not passing, 2 could not count */
export async function runGreenCounter(argv: readonly string[], io: StandaloneIo): Promise<0 | 1 | 2> {
  if (asksForHelp(argv)) {
    io.out(usage({ command: `meho-acceptance ${NAME}`, summary, flags: greenCounterFlags, environment, exitCodes }));
    return 0;
  }
  const { values: known, problems } = readFlags(greenCounterFlags, argv);
  const env = readVerifierEnvironment();
  const safe = lineSafe(io.secrets);
  const json = known.output === 'json';
  try {
    const asked = settleValues(known, problems, env);
    const hiccups = new Hiccups();
    const onWait = (line: string) => io.err(`[note] ${safe(line)}\n`);
    const count = await hiccups.during(() => countRequested(asked, io.signal, onWait));
    return await tell(asked.values, count, hiccups.line, json, io, safe);
  } catch (error) {
    const found = io.signal.aborted
      ? [`${messageOf(io.signal.reason)}: not counted`]
      : error instanceof UsageError
        ? error.problems
        : [`could not count: ${messageOf(error)}`];
    if (json) {
      print({ schemaVersion: 1, verifier: NAME, outcome: 'error', exitCode: 2, problems: found.map(safe) }, io);
    }
    for (const problem of found) {
      io.err(`${safe(`error: ${problem}`)}\n`);
    }
    return 2;
  }
}

const command: Standalone = { name: NAME, run: runGreenCounter };
export default command;

interface AskedFor {
  readonly values: Values;
  readonly token: string;
  readonly apiUrl: URL;
  readonly network: NetworkEnvironment;
}

/** @throws UsageError with every problem */
function settleValues(values: Partial<Values>, problems: readonly string[], env: VerifierEnvironment): AskedFor {
  const url = values['api-url'] ?? apiUrl(env.githubApiUrl ?? 'https://api.github.com');
  const token = env.githubToken ?? '';
  const all = [
    ...problems,
    ...(token === '' ? ['GITHUB_TOKEN is not set: nothing can be counted without'] : []),
    ...(token !== '' && !/^[\x21-\x7e]+$/.test(token)
      ? ['GITHUB_TOKEN: expected a token without spaces and line breaks']
      : []),
    ...(url instanceof Invalid ? [`GITHUB_API_URL: expected ${url.expected}`] : []),
  ];
  if (all.length > 0 || url instanceof Invalid) {
    throw new UsageError(all);
  }
  // All values are present if there are no problems.
  return { values: values as Values, token, apiUrl: url, network: env.network };
}

async function countRequested(asked: AskedFor, signal: AbortSignal, onWait: (line: string) => void): Promise<Count> {
  const { values, token, apiUrl: url, network } = asked;
  const { ca, proxy } = routeAsInCurl(url, network, values.cacert?.certificates);
  using github = new Github({
    apiUrl: url,
    token,
    deadlineMs: values['request-timeout'] * 1000,
    rateLimitPatienceMs: values['rate-limit-wait'] * 1000,
    signal,
    cache: new AnswerCache(values.cache),
    onWait,
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(proxy === undefined ? {} : { proxy }),
  });
  const clone = values.clone;
  return countByGithub({
    github,
    repo: values.repo,
    workflow: values.workflow,
    branch: values.branch,
    notes: values.notes ?? [],
    job: values.job,
    merges: values.merges,
    ...(clone === undefined ? {} : { reachability: await cloneReachability(clone, values.branch, signal) }),
  });
}

async function tell(
  values: Values,
  count: Count,
  /** What was retried. */
  hiccups: string | undefined,
  json: boolean,
  io: StandaloneIo,
  safe: (text: string) => string,
): Promise<0 | 1 | 2> {
  const { repo, workflow, branch, job, merges } = values;
  const evidence = evidenceOf({ repo, workflow, branch, job, merges, count });
  const least = values['min-streak'];
  const passing = count.streak >= least;
  if (!json && values.explain) {
    for (const treated of count.runs) {
      io.out(`[note] ${safe(explainRun(treated))}\n`);
    }
  }
  if (!passing && count.incomplete !== undefined) {
    throw new UsageError([
      `could not count: ${count.streak} in a row are shown, ${least} are needed, and the history is incomplete: ${count.incomplete}`,
    ]);
  }
  if (values.badge !== undefined) {
    await writeBadge(values.badge, evidence);
  }
  const observed = `${describeCount(count, safe)}${hiccups === undefined ? '' : ` (${hiccups})`}`;
  const status = passing ? 'ok' : 'FAIL';
  const exitCode = passing ? 0 : 1;
  if (json) {
    const report: Report = {
      schemaVersion: 1,
      verifier: NAME,
      outcome: passing ? 'passed' : 'failed',
      exitCode,
      checks: [{ id: 'streak', status, expected: `at least ${least}`, observed, hint }],
      minStreak: least,
      badge: badgeOf(count.streak),
      evidence,
      evidenceSha256: sealEvidence(evidence).sha256,
    };
    print(report, io);
    return exitCode;
  }
  const what = `Green smokes of merged pull requests in a row`;
  if (passing) {
    io.out(`[ok] ${what}: ${observed}\n`);
  } else {
    io.err(`[FAIL] ${what}: ${failureLine({ expected: `at least ${least}`, observed, hint })}\n`);
  }
  io.out(
    `${NAME}: ${passing ? 'passed' : 'failed'}, ${count.streak} of ${least} in a row, ${count.runs.length} runs looked at\n`,
  );
  return exitCode;
}

function describeCount({ streak, runs, incomplete }: Count, safe: (text: string) => string): string {
  const last = runs.at(-1);
  if (last?.treatment === 'resets') {
    return safe(`${streak}; before that ${explainRun(last)}`);
  }
  return safe(incomplete === undefined ? `${streak}, since the first run` : `${streak} or more; ${incomplete}`);
}

function print(report: Report, io: StandaloneIo): void {
  io.out(`${jsonText(report)}\n`);
}
