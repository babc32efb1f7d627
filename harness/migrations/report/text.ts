import { safeLine } from '../../report/safe-text.ts';
import type { CompatReport } from '../compat.ts';
import type { Finding } from '../finding.ts';
import { isUnjudged, type RuleId, rules } from '../rules/rules.ts';

export interface Line {
  readonly status: 'ok' | 'FAIL' | 'WARN' | 'note';
  readonly text: string;
}

/** Fit for a terminal and a log. One line a finding, with the reason and the safe way where a rule comes up first, and one for each clean file. */
export function textLines({ files, skipped }: CompatReport): Line[] {
  const explained = new Set<RuleId>();
  const lines: Line[] = [];
  for (const { path, findings } of files) {
    if (findings.length === 0) {
      lines.push({ status: 'ok', text: safeLine(`${path}: additive`) });
    }
    for (const finding of findings) {
      lines.push(lineOf(finding, explained));
    }
  }
  for (const { path, reason } of skipped) {
    lines.push({ status: 'note', text: safeLine(`${path} is not judged: ${reason}`) });
  }
  return lines;
}

export function summaryOf({ outcome, files, durationMs }: CompatReport): string {
  const findings = files.flatMap((file) => file.findings);
  const count = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity && finding.override === undefined).length;
  const allowed = findings.filter(({ override }) => override !== undefined).length;
  const parts = [
    plural(files.length, 'migration'),
    plural(count('error'), 'error'),
    plural(count('warning'), 'warning'),
    `${allowed} allowed by override`,
    ...unjudged(files),
  ];
  return `migration-compat: ${outcome}, ${parts.join(', ')}, ${(durationMs / 1000).toFixed(1)} s`;
}

/** Said wherever there is any: what wasn't judged is no pass, also where it is allowed. */
function unjudged(files: CompatReport['files']): string[] {
  const places = files.map(
    ({ findings }) => findings.filter(({ rule, override }) => isUnjudged(rule) && override === undefined).length,
  );
  const count = places.reduce((sum, one) => sum + one, 0);
  const migrations = plural(places.filter((one) => one > 0).length, 'migration');
  return count === 0 ? [] : [`${plural(count, 'place')} in ${migrations} not judged`];
}

function lineOf(finding: Finding, explained: Set<RuleId>): Line {
  const { rule, severity, file, line, column, message, statement, override } = finding;
  const place = `${file}:${line}:${column}`;
  if (override !== undefined) {
    return {
      status: 'note',
      text: safeLine(`${place} ${rule} allowed (line ${override.line}) because ${override.reason}: ${message}`),
    };
  }
  const details = statement === '' ? [] : [`statement: ${statement}`];
  if (!explained.has(rule)) {
    explained.add(rule);
    details.push(`why: ${rules[rule].reason}`, `instead: ${rules[rule].safeWay}`);
  }
  return {
    status: severity === 'error' ? 'FAIL' : 'WARN',
    text: [`${place} ${rule}: ${message}`, ...details].map(safeLine).join('\n       '),
  };
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
