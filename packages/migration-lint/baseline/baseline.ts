import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import type { Finding, Severity } from '../finding.ts';
import { isRuleId, type RuleId } from '../rules/rules.ts';

/** Findings of one statement that were there before. */
export interface Accepted {
  /** Relative to the baseline's folder, with `/`. */
  readonly file: string;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly fingerprint: string;
  /** How often the same statement stands in the file. */
  readonly count: number;
  /** For readers; nothing depends on it. */
  readonly message: string;
}

export interface Baseline {
  /** As it was given. */
  readonly file: string;
  /** Judged from what Alembic sent: its statements differ from those that are predicted. */
  readonly executed: boolean;
  readonly accepted: readonly Accepted[];
}

/** Of the file's history, of overrides, of budgets: accepting these would hide whatever comes. */
const neverAccepted = /^(?:edited-migration|deleted-migration|budget-exhausted|override-.*)$/;

export function canBeAccepted({ rule, fingerprint, override }: Finding): boolean {
  return override === undefined && fingerprint !== undefined && !neverAccepted.test(rule);
}

/** @throws UsageError unless `text` is a baseline */
export function parseBaseline(file: string, text: string): Baseline {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw notBaseline(file, 'no JSON', error);
  }
  if (!isObject(document) || document['verifier'] !== 'migration-compat') {
    throw notBaseline(file, 'a document of something else');
  }
  const { schemaVersion, executed, accepted } = document;
  if (schemaVersion !== 1) {
    throw notBaseline(file, `schemaVersion ${JSON.stringify(schemaVersion)}, not 1`);
  }
  if (typeof executed !== 'boolean' || !Array.isArray(accepted)) {
    throw notBaseline(file, 'none of its "executed" and "accepted"');
  }
  return {
    file,
    executed,
    accepted: accepted.map((entry: unknown, index) => {
      const problem = problemOf(entry);
      if (problem !== undefined) {
        throw notBaseline(file, `accepted[${index}] ${problem}`);
      }
      return entry as Accepted;
    }),
  };
}

function problemOf(entry: unknown): string | undefined {
  if (!isObject(entry)) return 'that is no object';
  const { file, rule, severity, fingerprint, count, message } = entry;
  if (typeof file !== 'string' || file === '' || typeof message !== 'string') return 'without "file" or "message"';
  if (typeof rule !== 'string' || !isRuleId(rule)) return `for ${JSON.stringify(rule)}, which is no rule`;
  if (neverAccepted.test(rule)) return `for ${rule}, which no baseline may accept`;
  if (severity !== 'error' && severity !== 'warning') return 'without "severity"';
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{32}$/.test(fingerprint)) return 'without a "fingerprint"';
  return Number.isInteger(count) && Number(count) > 0 ? undefined : 'without a "count"';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notBaseline(file: string, seen: string, cause?: unknown): UsageError {
  return new UsageError(
    [
      `--baseline: expected in ${file} what --write-baseline wrote, got ${seen}; restore it, or write it anew elsewhere`,
    ],
    { cause },
  );
}

/** Sorted, an entry a line: a change to it can be reviewed. */
export function baselineText(executed: boolean, accepted: readonly Accepted[]): string {
  const keyOf = ({ file, rule, fingerprint, severity }: Accepted) => [file, rule, fingerprint, severity].join('\0');
  const lines = [...accepted]
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    .map((entry) => `    ${JSON.stringify(entry)}`);
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `{\n  "schemaVersion": 1,\n  "verifier": "migration-compat",\n  "executed": ${executed},\n  "accepted": ${list}\n}\n`;
}

/** What a baseline calls a file that was judged under `file`. */
export function nameInBaseline(baseline: string, file: string, cwd: string): string {
  const folder = path.dirname(path.resolve(cwd, baseline));
  return path.relative(folder, path.resolve(cwd, file)).split(path.sep).join('/');
}
