import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { failureOf, type Result } from '@meho/contract/check';
import { failureLine } from '@meho/core/failure';
import { redactor } from '@meho/core/redaction/redact';
import { appendReportSync } from '@meho/core/report/output';
import type { CheckRecord } from '@meho/core/report/run-report';
import type { EnvironmentRequest } from '../environment/request.ts';

/** JSON lines in the artefacts' folder, for the run's report. */
export const checkLogFile = 'checks.jsonl';

const redact = redactor();
let story = '';
let failed: string[] = [];

/** Names the test that later checks are recorded under. */
export function setCurrentTest(name: string): void {
  story = name;
  failed = [];
}

/** What the checks of this test said that do not hold; some tests want that. */
export function failedChecks(): readonly string[] {
  return failed.map(redact);
}

export function recorder({ request }: { readonly request: EnvironmentRequest }): (result: Result) => void {
  return (result) => {
    const { check, verdict, durationMs } = result;
    const { id, title, page } = check;
    const { outcome } = verdict;
    const failure = failureOf(result);
    if (failure !== undefined) {
      failed.push([`${id}: ${failureLine(failure)}`, ...(failure.evidence ?? [])].join('\n'));
    }
    const record: CheckRecord = {
      test: story,
      id,
      title,
      outcome,
      ...('expected' in verdict ? { expected: verdict.expected, hint: verdict.hint } : {}),
      ...('expected' in verdict && page !== undefined ? { page } : {}),
      ...('observed' in verdict ? { observed: verdict.observed } : {}),
      ...('reason' in verdict ? { reason: verdict.reason } : {}),
      ...(failure?.evidence === undefined ? {} : { evidence: failure.evidence }),
      durationMs: Math.round(durationMs),
    };
    mkdirSync(request.artefacts, { recursive: true });
    appendReportSync(path.join(request.artefacts, checkLogFile), 'jsonl', `${JSON.stringify(record)}\n`);
  };
}
