import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { readVerifierEnvironment } from '../config.ts';
import { redactor } from '../diagnostics/redact.ts';
import { checkLogFile } from '../environment/check-log.ts';
import { readUnderTest, underTestFile } from '../environment/under-test.ts';
import { add, keep } from '../report/output.ts';
import { runHtml } from '../report/run-html.ts';
import { type Attachment, type CheckRecord, mapTexts, type RunReport, type TestReport } from '../report/run-report.ts';
import { runSummary } from '../report/run-summary.ts';
import { jsonText } from '../report/safe-text.ts';
import type { Tally } from '../report/tally.ts';
import type { Timeline } from '../report/timeline.ts';

export interface ReportedRun {
  /** Folder with what the run wrote; the reports go there. */
  readonly artefacts: string;
  /** E.g. `acceptance`. */
  readonly command: string;
  readonly tally: Tally;
  readonly timeline: Timeline;
}

const names = { json: 'report.json', html: 'report.html', tests: 'suites.tests.json' } as const;
/** Folders that a run fills: with the policy matrix, and with what failed tests leave. */
const folders = { policies: 'network-policy', evidence: 'evidence' } as const;

/** Removes what an earlier run wrote in the same folder, so that no report mixes two runs. */
export async function forgetEarlierRun(artefacts: string): Promise<void> {
  const written = [...Object.values(names), ...Object.values(folders), checkLogFile, underTestFile, 'phases.json'];
  await Promise.all(written.map((name) => rm(path.join(artefacts, name), { recursive: true, force: true })));
}

/**
 * Writes `report.json` and `report.html` beside what the run left, and appends a summary for a workflow's step.
 *
 * @returns the page's path
 */
export async function writeReports({ artefacts, command, tally, timeline }: ReportedRun): Promise<string> {
  const underTest = await readUnderTest(artefacts);
  const found: RunReport = {
    schemaVersion: 1,
    command,
    outcome: tally.failed === 0 && tally.passed > 0 ? 'passed' : 'failed',
    startedAt: new Date(timeline.originMs).toISOString(),
    durationMs: Math.round(timeline.elapsedMs),
    tally,
    ...(underTest === undefined ? {} : { underTest }),
    phases: timeline.phases,
    tests: await tests(artefacts),
    checks: await checks(artefacts),
    attachments: await attachments(artefacts),
  };
  const report = mapTexts(found, redactor());
  const place = path.join(artefacts, names.html);
  await keep(path.join(artefacts, names.json), 'json', `${jsonText(report)}\n`);
  await keep(place, 'html', runHtml(report));
  const { stepSummary } = readVerifierEnvironment();
  if (stepSummary !== undefined) {
    await add(stepSummary, 'md', `${runSummary(report)}\n`);
  }
  return place;
}

async function tests(artefacts: string): Promise<readonly TestReport[]> {
  return JSON.parse((await textOf(path.join(artefacts, names.tests))) ?? '[]') as readonly TestReport[];
}

async function checks(artefacts: string): Promise<readonly CheckRecord[]> {
  const text = (await textOf(path.join(artefacts, checkLogFile))) ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CheckRecord);
}

/** A file's text; undefined where the run came to an end before it was written. */
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

async function attachments(artefacts: string): Promise<readonly Attachment[]> {
  const entries = await readdir(artefacts, { withFileTypes: true, recursive: true });
  return entries
    .flatMap((entry): readonly Attachment[] => {
      const place = path.relative(artefacts, path.join(entry.parentPath, entry.name));
      if (entry.isDirectory()) {
        return path.dirname(place) === folders.evidence ? [{ kind: 'evidence', path: place }] : [];
      }
      if (/matrix\.html$/.test(place)) {
        return [{ kind: 'matrix', path: place }];
      }
      // Others' results may lie beside ours: `npm test` writes into the same folder.
      return ['suites.junit.xml', names.json].includes(place) ? [{ kind: 'results', path: place }] : [];
    })
    .toSorted((a, b) => a.path.localeCompare(b.path));
}
