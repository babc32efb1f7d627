import { expect, test } from 'vitest';
import { exitCodeOf } from './exec.ts';

test('success is exit code 0', () => {
  expect(exitCodeOf({ status: 'Success' })).toBe(0);
});

test('a failed command tells its exit code as a cause', () => {
  const causes = [{ reason: 'ExitCode', message: '3' }];
  expect(exitCodeOf({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes } })).toBe(3);
});

test('what was never run has no exit code', () => {
  const status = { status: 'Failure', message: 'executable file not found in $PATH' };
  expect(() => exitCodeOf(status)).toThrow('executable file not found in $PATH');
});
