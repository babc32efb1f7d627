import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { readVerifierEnvironment } from '@meho/core/config';
import { redactor } from '@meho/core/redaction/redact';
import { appendReport, writeReport } from '@meho/core/report/output';
import { judgePromises, tallyOf } from '@meho/core/report/promises/judge-promises';
import { pullRequestComment } from '@meho/core/report/pull-request-comment';
import type { RunFailure } from '@meho/core/report/run-failure';
import { runHtml } from '@meho/core/report/run-html';
import {
  type Attachment,
  type CheckRecord,
  type EndedEarly,
  mapTexts,
  type PromiseReport,
  type RunReport,
  type ShardRecord,
  type TestReport,
} from '@meho/core/report/run-report';
import { runSummary } from '@meho/core/report/run-summary';
import { jsonText } from '@meho/core/report/safe-text';
import type { Tally } from '@meho/core/report/tally';
import type { Timeline } from '@meho/core/report/timeline';
import { corpusRecordFile, readCorpusRecord } from '../../differential/corpus-record.ts';
import { readTestSubject, testSubjectFile } from '../../release/environment/test-subject.ts';
import { checkLogFile } from '../../release/evidence/check-log.ts';
import { folderName } from '../../release/evidence/keep-evidence.ts';
import { readRollback, rollbackFile } from '../../release/rollback/watch-rollback.ts';
import { rerunFolder } from '../reuse/rerun.ts';
import { testsFile } from '../running/run-tests.ts';
import { keepHistory, readHistory, withHistory } from './promise-history.ts';
import { promiseDefinitions } from './promises.ts';
import { asRan, type CommandLine, rerunCommand, rerunFailed, runWhole } from './rerun-command.ts';
import { buildOf, keepSeenFaults, readSeenFaults, withSeenBefore } from './seen-faults.ts';

export interface ReportInput extends RunEnd {
  /** Also receives the reports. */
  readonly artefacts: string;
  readonly command: string;
  /** Whose tests they are. */
  readonly project: Project;
  /** Folder in `artefacts` of faults that the same command ran after its suites. */
  readonly faultsBeside?: string;
  readonly timeline: Timeline;
  /** Only tests of some names were asked for. */
  readonly isByName?: boolean;
  /** Of a run that is a share of another. */
  readonly shard?: ShardRecord | undefined;
}

export interface RunEnd {
  readonly ran: CommandLine;
  readonly tally: Tally;
  /** These outlive a test runner that didn't come to its end. */
  readonly failures: readonly RunFailure[];
  /** What lies in the folder is this run's. */
  readonly hasBegun: boolean;
  readonly ended?: EndedEarly | undefined;
}

type Project = 'suites' | 'faults' | 'corpus';

const names = { json: 'report.json', html: 'report.html', comment: 'comment.md' } as const;
/** By the test runner, for each repetition. */
const byRunner = /^(?:suites|faults|corpus)(?:-\d+)?\.(?:json|tests\.json|failures\.jsonl|junit\.xml)$/;
const folders = { policies: 'network-policy', evidence: 'evidence' } as const;

/** Keeps reports from mixing two runs. */
export async function removeEarlierReports(artefacts: string): Promise<void> {
  const written = [
    ...Object.values(names),
    ...Object.values(folders),
    rerunFolder,
    'corpus.md',
    checkLogFile,
    testSubjectFile,
    ...[rollbackFile, corpusRecordFile],
    'phases.json',
    ...(await readdir(artefacts)).filter((name) => byRunner.test(name)),
  ];
  await Promise.all(written.map((name) => rm(path.join(artefacts, name), { recursive: true, force: true })));
}

/**
 * Also appends a workflow step's summary.
 *
 * @returns the page's path
 */
export async function writeReports(input: ReportInput): Promise<string> {
  const { artefacts } = input;
  await mkdir(artefacts, { recursive: true });
  const build = await buildOf();
  const [history, before] = [await readHistory(artefacts), await readSeenFaults(artefacts, build)];
  const found = await findings(input);
  const definitions = promiseDefinitions();
  const known = new Map(definitions.map(({ id, faults }) => [id, faults]));
  const judged = judgePromises(definitions, { ...found, isByName: input.isByName ?? false });
  const promises = withSeenBefore(withHistory(judged, history), before, known);
  const next = nextLine(found, promises, input);
  const report = mapTexts({ ...found, promises, ...(next === undefined ? {} : { next }) }, redactor());
  const place = path.join(artefacts, names.html);
  await writeReport(path.join(artefacts, names.json), 'json', `${jsonText(report)}\n`);
  await writeReport(place, 'html', runHtml(report));
  await writeReport(path.join(artefacts, names.comment), 'md', pullRequestComment(report));
  await keepHistory(artefacts, history, report);
  if (build !== undefined) {
    await keepSeenFaults(artefacts, { build, before, at: report.startedAt }, promises);
  }
  const { stepSummary } = readVerifierEnvironment();
  if (stepSummary !== undefined) {
    await appendReport(stepSummary, 'md', `${runSummary(report)}\n`);
  }
  return place;
}

async function findings(input: ReportInput): Promise<RunReport> {
  const { artefacts, command, project, faultsBeside, tally, timeline, hasBegun, ended, shard } = input;
  const underTest = hasBegun ? await readTestSubject(artefacts) : undefined;
  const evidence = hasBegun ? await attachments(input) : [];
  const rollback = hasBegun ? await readRollback(artefacts) : undefined;
  const corpus = hasBegun && project === 'corpus' ? await readCorpusRecord(artefacts) : undefined;
  const faults = faultsBeside === undefined ? [] : await tests(path.join(artefacts, faultsBeside), 'faults');
  const judged = hasBegun ? withWayBack([...(await tests(artefacts, project)), ...faults], evidence, input) : [];
  return {
    schemaVersion: 1,
    command,
    outcome: tally.failed === 0 && tally.passed > 0 && ended === undefined ? 'passed' : 'failed',
    startedAt: new Date(timeline.originMs).toISOString(),
    durationMs: Math.round(timeline.elapsedMs),
    // A runner that was ended has counted nothing.
    tally: ended === undefined || judged.length === 0 ? tally : tallyOf(judged),
    ...(underTest === undefined ? {} : { underTest }),
    phases: timeline.phases,
    tests: judged,
    checks: hasBegun ? await checks(artefacts) : [],
    attachments: evidence,
    ...(rollback === undefined ? {} : { rollback }),
    ...(corpus === undefined ? {} : { corpus }),
    ...(ended === undefined ? {} : { ended }),
    ...(shard === undefined ? {} : { shard }),
  };
}

/** Adds where a failure's evidence lies, and the line that runs it again; of failures whose runner was ended too. */
function withWayBack(
  found: readonly TestReport[],
  kept: readonly Attachment[],
  { failures, ran }: ReportInput,
): readonly TestReport[] {
  const nameOf = ({ file = '', names }: RunFailure) => (names.length === 0 ? file : names.join(' > '));
  const written = new Set(found.map(({ name }) => name));
  const lost = failures.flatMap((failure): readonly TestReport[] =>
    failure.file === undefined || written.has(nameOf(failure))
      ? []
      : [{ file: failure.file, name: nameOf(failure), state: 'failed', durationMs: 0, detail: failure.detail }],
  );
  const all = new Map(failures.map((failure) => [nameOf(failure), failure]));
  return [...found, ...lost].map((test) => {
    const failure = all.get(test.name);
    if (test.state !== 'failed' || failure === undefined) {
      return test;
    }
    const folder = folderName(test.name);
    const evidence = kept.flatMap(({ kind, path: place }) =>
      kind === 'evidence' && path.basename(place) === folder ? [place] : [],
    );
    return { ...test, rerun: rerunCommand(failure, ran), ...(evidence.length === 0 ? {} : { evidence }) };
  });
}

/** What a reader runs next: what failed, all of it where it came to no verdict, or what was left out. */
function nextLine(
  { tests: all, ended, tally }: RunReport,
  promises: readonly PromiseReport[],
  { ran, failures, shard }: ReportInput,
): string | undefined {
  if (ended !== undefined) {
    return asRan(ran);
  }
  if (tally.failed > 0) {
    const failed = all.filter(({ state }) => state === 'failed');
    const [first] = failures;
    const hasRecord = ran.command.startsWith('npm run acceptance') || ran.command.startsWith('npm run faults');
    return failed.length > 1 && hasRecord
      ? rerunFailed(ran)
      : first === undefined
        ? asRan(ran)
        : rerunCommand(first, ran);
  }
  if (shard !== undefined) {
    // Its stories are whole; those of the others are theirs.
    return undefined;
  }
  const isPart = promises.some(({ isWhole, state }) => !isWhole && state !== 'sees its faults');
  return isPart && ran.command.startsWith('npm run acceptance') ? runWhole(ran) : undefined;
}

async function tests(artefacts: string, project: Project): Promise<readonly TestReport[]> {
  return JSON.parse((await textOf(testsFile(artefacts, project))) ?? '[]') as readonly TestReport[];
}

async function checks(artefacts: string): Promise<readonly CheckRecord[]> {
  const text = (await textOf(path.join(artefacts, checkLogFile))) ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CheckRecord);
}

/** Undefined if the run ended before writing it. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

async function attachments({ artefacts, project, faultsBeside }: ReportInput): Promise<readonly Attachment[]> {
  const ofFaults = faultsBeside === undefined ? [] : [path.join(faultsBeside, folders.evidence)];
  const evidence: readonly string[] = [folders.evidence, ...ofFaults];
  const entries = await readdir(artefacts, { withFileTypes: true, recursive: true });
  return entries
    .flatMap((entry): readonly Attachment[] => {
      const place = path.relative(artefacts, path.join(entry.parentPath, entry.name));
      if (entry.isDirectory()) {
        return evidence.includes(path.dirname(place)) ? [{ kind: 'evidence', path: place }] : [];
      }
      if (/matrix\.html$/.test(place)) {
        return [{ kind: 'matrix', path: place }];
      }
      // `npm test` writes to the same folder.
      const isOfProject = place.startsWith(project) && byRunner.test(place) && place.endsWith('.junit.xml');
      return isOfProject || place === names.json ? [{ kind: 'results', path: place }] : [];
    })
    .toSorted((a, b) => a.path.localeCompare(b.path));
}
