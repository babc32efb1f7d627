import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../contract/check.ts';
import { addSync } from '../report/output.ts';
import type { CheckRecord } from '../report/run-report.ts';
import type { EnvironmentRequest } from './request.ts';

/** One JSON document a line, in the artefacts' folder: whoever reports on the run reads it there. */
export const checkLogFile = 'checks.jsonl';

let story = '';

/** Names the test that asks from now on. */
export function storyBegins(name: string): void {
  story = name;
}

/** Keeps what checks said for the run's report, with the name of the test that asked. */
export function recorder({ request }: { readonly request: EnvironmentRequest }): (result: Result) => void {
  return ({ check: { id, title }, verdict, durationMs }) => {
    const { outcome } = verdict;
    const record: CheckRecord = {
      test: story,
      id,
      title,
      outcome,
      ...('expected' in verdict ? { expected: verdict.expected, hint: verdict.hint } : {}),
      ...('observed' in verdict ? { observed: verdict.observed } : {}),
      ...('reason' in verdict ? { reason: verdict.reason } : {}),
      durationMs: Math.round(durationMs),
    };
    mkdirSync(request.artefacts, { recursive: true });
    addSync(path.join(request.artefacts, checkLogFile), 'jsonl', `${JSON.stringify(record)}\n`);
  };
}
