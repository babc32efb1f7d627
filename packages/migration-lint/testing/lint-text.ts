import { type Environment, plainEnvironment } from '../environment.ts';
import { type FileReport, type LintOptions, lintFile, prepareLint } from '../lint.ts';

await prepareLint();

const lenient: LintOptions = { allowUnjudged: false, assumeLockTimeout: true };

export function lintSql(sql: string, options: Partial<LintOptions> = {}): FileReport {
  return lintFile({ path: 'migration.sql', language: 'sql', text: sql }, { ...lenient, ...options });
}

/** Wraps `body` in `upgrade()`, after the usual imports. */
export function lintUpgrade(
  body: string,
  options: Partial<LintOptions> = {},
  before = '',
  environment?: Environment,
): FileReport {
  return lintPython(
    `from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n\nrevision = "2"\n${before}\n\ndef upgrade() -> None:\n${indent(body)}\n`,
    options,
    environment,
  );
}

export function lintPython(
  text: string,
  options: Partial<LintOptions> = {},
  environment: Environment = plainEnvironment,
): FileReport {
  return lintFile({ path: 'migration.py', language: 'python', text, environment }, { ...lenient, ...options });
}

/** Distinct, without overridden findings. */
export function rulesOf({ findings }: FileReport): string[] {
  return [...new Set(findings.filter(({ override }) => override === undefined).map(({ rule }) => rule))].sort();
}

function indent(body: string): string {
  return body
    .split('\n')
    .map((line) => (line.trim() === '' ? line : `    ${line}`))
    .join('\n');
}
