import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { readBounded, whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { redactor } from '@meho/core/redaction/redact';
import { mapTexts, type RunReport } from '@meho/core/report/run-report';
import schema from '@meho/core/report/run-report.schema.json' with { type: 'json' };
import { fitForField } from '@meho/core/report/safe-text';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** A run, by its report. */
export interface GivenRun {
  /** As it was named. */
  readonly place: string;
  /** Its report.json, without links. */
  readonly file: string;
  readonly report: RunReport;
}

/** The largest that was seen is below 1 MiB. */
const largestBytes = 32 * 1024 * 1024;
export const reportName = 'report.json';

let compiled: ValidateFunction<RunReport> | undefined;

/** Compiled once it is needed: every command of the repository imports this file. */
function validator(): ValidateFunction<RunReport> {
  // A date that isn't one is found below, in words.
  compiled ??= new Ajv2020({ formats: { 'date-time': true }, strictTypes: false, strictRequired: false }).compile(
    schema,
  );
  return compiled;
}

/**
 * @param place a report.json, or the folder that a run left it in
 * @throws UsageError, one line
 */
export function readRun(place: string): GivenRun {
  const file = fileOf(place);
  return { place, file: realpathSync(file), report: readReport(place, file) };
}

/** @throws UsageError with a line for each that can't be read, and for each that is named twice */
export function readRuns(places: readonly string[]): readonly GivenRun[] {
  const problems: string[] = [];
  const runs: GivenRun[] = [];
  for (const place of places) {
    try {
      const run = readRun(place);
      const same = runs.find(({ file, report }) => file === run.file || isSameRun(report, run.report));
      if (same === undefined) {
        runs.push(run);
      } else {
        problems.push(`${place}: expected another run than ${same.place}, seen the same one (${sameness(same, run)})`);
      }
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return runs;
}

function sameness(a: GivenRun, b: GivenRun): string {
  return a.file === b.file ? `both are ${a.file}` : `a copy: both started at ${a.report.startedAt}`;
}

function isSameRun(a: RunReport, b: RunReport): boolean {
  return a.startedAt === b.startedAt && JSON.stringify(a) === JSON.stringify(b);
}

function fileOf(place: string): string {
  const isFolder = look(place, () => statSync(place).isDirectory());
  const file = isFolder ? path.join(place, reportName) : place;
  if (isFolder && statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw wrong(place, `no ${reportName} in this folder; a run that broke off leaves none`);
  }
  return file;
}

function readReport(place: string, file: string): RunReport {
  const text = look(place, () => readBounded(file, largestBytes)).toString('utf8');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw wrong(place, text.trim() === '' ? 'nothing: it is empty' : 'text that is no JSON, or is cut off', error);
  }
  const version = isObject(document) ? document['schemaVersion'] : undefined;
  if (typeof version === 'number' && version > schema.properties.schemaVersion.const) {
    const ours = schema.properties.schemaVersion.const;
    throw new UsageError([
      `${place}: expected a report of schemaVersion ${ours}, seen ${version}; next: read it with the newer version of this repository that wrote it`,
    ]);
  }
  const validate = validator();
  if (!validate(document)) {
    const [{ instancePath = '', message = 'it does not follow the schema' } = {}] = validate.errors ?? [];
    const where = instancePath === '' ? '' : ` at ${instancePath}`;
    throw wrong(place, `JSON that is none:${where} it ${message}`);
  }
  if (Number.isNaN(Date.parse(document.startedAt))) {
    throw wrong(place, `the start ${JSON.stringify(document.startedAt)}, which is no date`);
  }
  const redact = redactor();
  // Whoever wrote the file: of its texts, details of failures alone have several lines, and none holds a secret.
  return mapTexts(document, (each) => redact(each).split('\n').map(fitForField).join('\n'));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function look<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw wrong(place, whyUnreadable(error), error);
  }
}

function wrong(place: string, seen: string, cause?: unknown): UsageError {
  const next = 'next: name a report.json, or the folder that --artefacts of the run named';
  return new UsageError([`${place}: expected the report of a run, seen ${seen}; ${next}`], { cause });
}
