import { styleText } from 'node:util';
import { writeColoured } from '@meho/core/report/output';
import type { CheckReport, RunReport } from './report.ts';

const COLOURS = { ok: 'green', FAIL: 'red', WARN: 'yellow', note: 'cyan' } as const;

/** Failures and warnings go to stderr. */
export function writeLine({ status }: CheckReport, line: string, noColour: boolean): void {
  const stream = status === 'FAIL' || status === 'WARN' ? process.stderr : process.stdout;
  const tag = `[${status}]`;
  const coloured = stream.isTTY && !noColour ? styleText(COLOURS[status], tag) + line.slice(tag.length) : line;
  writeColoured(stream, `${coloured}\n`);
}

/** E.g. `install-verify: passed, 7 hold, 2 not made, 0.2 s`. */
export function summaryOf({ verifier, outcome, checks, durationMs }: RunReport): string {
  const parts = countsOf(checks);
  const nothing = checks.every(({ status }) => status === 'note') ? ' because no check could be made' : '';
  return `${verifier}: ${outcome}${nothing}, ${parts.join(', ')}, ${(durationMs / 1000).toFixed(1)} s`;
}

/** E.g. `7 hold` and `2 not made`. */
export function countsOf(checks: readonly CheckReport[]): readonly string[] {
  const count = (status: CheckReport['status']) => checks.filter((check) => check.status === status).length;
  const accepted = checks.filter((check) => check.accepted !== undefined).length;
  const warned = count('WARN') - accepted;
  return [
    `${count('ok')} hold`,
    ...(count('FAIL') > 0 ? [`${count('FAIL')} failed`] : []),
    ...(warned > 0 ? [`${warned} warned`] : []),
    ...(count('note') > 0 ? [`${count('note')} not made`] : []),
    ...(accepted > 0 ? [`accepted: ${accepted}`] : []),
  ];
}
