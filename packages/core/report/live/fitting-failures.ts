import { type RerunnableFailure, titleOf } from '../run-failure.ts';
import { cut, type Space } from './test-status.ts';

/** For phases, the report's place, verdict and count, which stand on the same screen. */
const aroundRows = 14;
const rowsEach = 3;

/** Three rows a failure, as many as fit on a screen; a command is never cut, since it is there to be copied. */
export function fittingFailureList(failures: readonly RerunnableFailure[], { columns, rows }: Space): string {
  const most = Math.max(1, Math.floor((rows - aroundRows) / rowsEach));
  const shown = failures.slice(0, most);
  const hidden = failures.length - shown.length;
  return [
    `failed: ${failures.length}`,
    ...shown.flatMap((failure) => [
      cut(`  ✗ ${titleOf(failure)}`, columns),
      ...seenIn(failure).map((line) => cut(`      ${line}`, columns)),
      `      run it again: ${failure.rerun}`,
    ]),
    ...(hidden === 0 ? [] : [`  and ${hidden} more: above, where each happened, and in the report`]),
  ].join('\n');
}

/** What was seen says most in one line. */
function seenIn({ detail }: RerunnableFailure): readonly string[] {
  const lines = detail
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [lines.find((line) => line.startsWith('seen ')) ?? lines[0] ?? 'it said nothing'];
}
