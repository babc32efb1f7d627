import { expect, test } from 'vitest';
import { failureLine } from './migration-failure.ts';

test('a failed migration is one line of class and message', () => {
  const error = Object.assign(new Error('column "x"\n  already exists'), { code: '42701' });
  expect(failureLine(error, 'hunter2')).toBe('migration_failed: DuplicateColumnError: column "x" already exists');
});

test('a password that got into a message is blotted out', () => {
  expect(failureLine(new Error('could not log in with hunter2'), 'hunter2')).toBe(
    'migration_failed: Error: could not log in with ***',
  );
});
