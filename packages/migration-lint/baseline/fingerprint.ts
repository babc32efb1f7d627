import { createHash } from 'node:crypto';
import type { RawFinding } from '../finding.ts';
import { isUnjudged } from '../rules/rules.ts';
import type { SourceText } from '../source-text.ts';
import { placeholder } from '../sql/expressions/fold.ts';

/**
 * The same as long as the statement is, wherever in the file it stands: the SQL that is sent and the code that sends it.
 * What depends on the rest of the file, since part of it could not be read, changes with any change to the file.
 */
export function fingerprintOf(source: SourceText, finding: RawFinding): string {
  const sql = finding.sql ?? finding.statement;
  const code = finding.frames.map(({ start, end }) => source.text.slice(start, end));
  const needsFile = isUnjudged(finding.rule) || sql === '' || sql.includes(placeholder);
  const parts = [sql, ...code, ...(needsFile ? [source.text] : [])];
  const text = parts.map((part) => part.replaceAll('\r\n', '\n').trim()).join('\0');
  return hash(text);
}

/** Of one finding that several statements have. */
export function combined(fingerprints: readonly string[]): string {
  const [only, ...others] = fingerprints;
  return only !== undefined && others.length === 0 ? only : hash(fingerprints.join('\0'));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
