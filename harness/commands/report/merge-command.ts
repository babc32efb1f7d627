import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { defaulted, readFlags, type ValuesOf } from '@meho/core/command-line/flags';
import { usage } from '@meho/core/command-line/usage';
import { readVerifierEnvironment } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { appendReport, err, out, writeReport } from '@meho/core/report/output';
import { runHtml } from '@meho/core/report/run-html';
import { runSummary } from '@meho/core/report/run-summary';
import { jsonText } from '@meho/core/report/safe-text';
import { closingLine } from '@meho/core/report/tally';
import { seconds } from '@meho/core/report/timeline';
import { repositoryRoot } from '@meho/core/repository';
import { verdictCodes } from '../calling/input.ts';
import { splitPositional } from '../calling/positional.ts';
import { writableFolder } from '../calling/suite-flags.ts';
import { readRuns, reportName } from './given-run.ts';
import { copyAttachments } from './merge-attachments.ts';
import { mergeFindings, type Shard, shardOf } from './merge-findings.ts';
import { junitOf } from './merge-junit.ts';
import { mergeReports } from './merge-reports.ts';

const flags = {
  artefacts: defaulted(
    'FOLDER',
    'where the whole report goes, with what the shards’ reports link to',
    (text) => writableFolder(text),
    path.join(repositoryRoot, 'artefacts', 'merged'),
    './artefacts/merged',
  ),
};

export const mergeUsage = usage({
  command: 'npm run report -- merge SHARD [SHARD…]',
  summary: [
    'Makes one report, one JUnit file and one verdict of the shards of a run (npm run acceptance -- --shard N/TOTAL),',
    'each a report.json or the folder that it is in. A shard that is missing or there twice, a story in two shards or in',
    'none, and shards of different commits, options, images or clusters are failures, a line each.',
  ].join('\n'),
  flags,
  environment: {},
  exitCodes: verdictCodes,
});

/** @throws UsageError with a line for each that is no shard */
export async function runMerge(args: readonly string[], print: (text: string) => void = out): Promise<0 | 1> {
  const { places, folder } = readInput(args);
  const shards = readShards(places, folder);
  await mkdir(folder, { recursive: true });
  const findings = mergeFindings(shards);
  const { attachments, notes } = await copyAttachments(shards, folder);
  const report = mergeReports(shards, findings, attachments);
  const page = path.join(folder, 'report.html');
  await writeReport(path.join(folder, reportName), 'json', `${jsonText(report)}\n`);
  await writeReport(page, 'html', runHtml(report));
  await writeReport(path.join(folder, 'suites.junit.xml'), 'xml', junitOf(report));
  const { stepSummary } = readVerifierEnvironment();
  if (stepSummary !== undefined) {
    await appendReport(stepSummary, 'md', `${runSummary(report)}\n`);
  }
  for (const { file, name, detail = '' } of report.tests.filter(({ state }) => state === 'failed')) {
    err(`[FAIL] ${file} › ${name}\n${detail}\n`);
  }
  err([...notes.map((note) => `note: ${note}\n`), `report: ${page}\n`].join(''));
  const verdict = report.outcome === 'passed' ? 'PASS' : 'FAIL';
  print(
    `verdict: ${verdict} of ${shards.length} shards after ${seconds(report.durationMs)}\n${closingLine(report.tally)}\n`,
  );
  return report.outcome === 'passed' ? 0 : 1;
}

function readInput(args: readonly string[]) {
  const { positional, rest } = splitPositional(flags, args);
  const read = readFlags(flags, rest);
  const none = positional.length === 0 ? ['merge: expected the reports of the shards of a run, seen none'] : [];
  const problems = [...read.problems, ...none];
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  // Complete if there are no problems.
  return { places: positional, folder: (read.values as ValuesOf<typeof flags>).artefacts };
}

function readShards(places: readonly string[], folder: string): readonly [Shard, ...Shard[]] {
  const runs = readRuns(places);
  const own = runs.filter(({ file }) => path.resolve(path.dirname(file)) === path.resolve(folder));
  const whole = runs.filter((run) => shardOf(run) === undefined);
  const problems = [
    ...whole.map(({ place }) => `${place}: expected a shard (--shard N/TOTAL), seen the report of a whole run`),
    ...own.map(({ place }) => `${place}: expected another folder than --artefacts: its report would be overwritten`),
  ];
  const [first, ...others] = runs
    .flatMap((run) => shardOf(run) ?? [])
    .toSorted((a, b) => a.shard.index - b.shard.index);
  if (first === undefined || problems.length > 0) {
    throw new UsageError(problems);
  }
  return [first, ...others];
}
