import { failureLine } from '@meho/core/failure';
import { messageOf, UsageError } from '@meho/core/problem';
import { writeReport } from '@meho/core/report/output';
import { mapTexts } from '@meho/core/report/run-report';
import { fitForMarkup, withoutOrdersInMarkup } from '@meho/core/report/safe-text';
import { XMLBuilder } from 'fast-xml-parser';
import { type CheckReport, lineOf, type RunReport } from './report.ts';

type Reported = Pick<RunReport, 'verifier' | 'checks' | 'durationMs' | 'startedAt'>;

/**
 * Writes a test case per check; a warning passes, with its line as output.
 * @throws UsageError if the file can't be written
 */
export function writeJunit(file: string, report: Reported): Promise<void> {
  return writeJunitOf(file, [report]);
}

/** A test suite per report. @throws UsageError if the file can't be written */
export async function writeJunitOf(file: string, reports: readonly Reported[]): Promise<void> {
  try {
    await writeReport(file, 'xml', junitOf(reports));
  } catch (error) {
    throw new UsageError([`--junit ${file}: can't be written: ${messageOf(error)}`], { cause: error });
  }
}

function junitOf(reports: readonly Reported[]): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true });
  const document = mapTexts({ testsuites: { testsuite: reports.map(suiteOf) } }, fitForMarkup);
  return withoutOrdersInMarkup(`<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(document)}`);
}

function suiteOf({ verifier, checks, durationMs, startedAt }: Reported) {
  const count = (status: CheckReport['status']) => checks.filter((check) => check.status === status).length;
  return {
    '@name': verifier,
    '@tests': checks.length,
    '@failures': count('FAIL'),
    '@errors': 0,
    '@skipped': count('note') + checks.filter(({ accepted }) => accepted !== undefined).length,
    '@time': seconds(durationMs),
    '@timestamp': startedAt,
    testcase: checks.map((check) => ({
      '@classname': verifier,
      '@name': `${check.id}: ${check.title}`,
      '@time': seconds(check.durationMs),
      ...outcomeOf(check),
    })),
  };
}

function outcomeOf(check: CheckReport) {
  const text = [lineOf(check), ...(check.evidence ?? [])].join('\n');
  if (check.accepted !== undefined) {
    return { skipped: { '@message': `accepted because ${check.accepted.because}` }, 'system-out': text };
  }
  switch (check.status) {
    case 'ok':
    case 'WARN':
      return { 'system-out': text };
    case 'FAIL':
      return {
        failure: {
          '@message': failureLine({ expected: check.expected ?? '', observed: check.observed ?? '' }),
          '@type': check.outcome,
          '#text': text,
        },
      };
    case 'note':
      return { skipped: { '@message': check.reason } };
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
