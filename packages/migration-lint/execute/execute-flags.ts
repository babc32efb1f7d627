import { defaulted, optional, toggle } from '@meho/core/command-line/flags';
import { anyText, oneOf, wholeSeconds } from '@meho/core/command-line/values';
import type { ExecuteOptions } from './execute.ts';

export const executeFlags = {
  static: toggle('judge from the text alone and run nothing; the default'),
  execute: toggle('let Alembic run each upgrade() in isolation, and judge what it sends'),
  python: optional(
    'PATH',
    'for --execute: the Python with Alembic; without it the active virtual environment, else python3',
    anyText('the path of a Python'),
  ),
  postgres: optional(
    'VERSION',
    'for --execute: on a scratch server of this version, 17 or 18, so that what reads the database is answered',
    oneOf('17', '18'),
  ),
  observe: toggle('for --execute --postgres: also compare the catalogue before and after each migration'),
  'execute-timeout': defaulted(
    'SECONDS',
    'for --execute: how long all migrations together may run',
    wholeSeconds(1, 3_600),
    300,
  ),
};

interface ExecuteValues {
  readonly static: boolean;
  readonly execute: boolean;
  readonly python: string | undefined;
  readonly postgres: '17' | '18' | undefined;
  readonly observe: boolean;
  readonly 'execute-timeout': number;
}

export function executeOptions(values: ExecuteValues): ExecuteOptions | undefined {
  return values.execute
    ? {
        python: values.python,
        postgres: values.postgres,
        observe: values.observe,
        timeoutMs: values['execute-timeout'] * 1000,
      }
    : undefined;
}

export function executeProblems(values: Partial<ExecuteValues>): string[] {
  if (values.observe === true && (values.execute !== true || values.postgres === undefined)) {
    return [
      '--observe: expected --execute --postgres 17 or 18 beside it, as there is nothing to look at without a server',
    ];
  }
  if (values.execute === true) {
    return values.static === true ? ['expected --static or --execute, got both: the one runs nothing'] : [];
  }
  return (['python', 'postgres'] as const)
    .filter((name) => values[name] !== undefined)
    .map((name) => `--${name}: expected --execute beside it, as nothing is run without`);
}
