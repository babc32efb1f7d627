import { pageLink } from '@meho/core/report/page-link';
import { safeLine } from '@meho/core/report/safe-text';
import type { CompatReport } from '../compat.ts';
import type { Finding } from '../finding.ts';
import { isUnjudged, pageOf, type RuleId, rules } from '../rules/rules.ts';
import { observedNotes, observedSummary } from './observed.ts';

export interface Line {
  readonly status: 'ok' | 'FAIL' | 'WARN' | 'note';
  readonly text: string;
}

/** Gives reason, safe way and page at a rule's first finding, and a line per clean file. */
export function textLines(report: CompatReport): Line[] {
  const { files, skipped, executed } = report;
  const explained = new Set<RuleId>();
  const lines: Line[] = [];
  if (executed !== undefined) {
    lines.push({ status: 'note', text: safeLine(`executed by ${executed}`) });
  }
  for (const file of files) {
    const { path, findings, execution } = file;
    lines.push(...observedNotes(file).map((text): Line => ({ status: 'note', text })));
    if (execution?.stopped !== undefined) {
      const after = execution.depth === 'none' ? 'not executed' : `executed up to statement ${execution.statements}`;
      lines.push({
        status: 'note',
        text: safeLine(`${path} is ${after}, the rest is judged from its text: ${execution.stopped}`),
      });
    }
    if (findings.length === 0) {
      lines.push({ status: 'ok', text: safeLine(`${path}: additive`) });
    }
    const accepted = findings.filter(({ acceptedBy }) => acceptedBy !== undefined);
    if (accepted.length > 0) {
      const names = [...new Set(accepted.map(({ rule }) => rule))].sort().join(', ');
      lines.push({
        status: 'note',
        text: safeLine(`${path}: ${plural(accepted.length, 'finding')} in the baseline (${names})`),
      });
    }
    for (const finding of findings.filter(({ acceptedBy }) => acceptedBy === undefined)) {
      lines.push(lineOf(finding, explained));
    }
  }
  for (const { path, reason } of skipped) {
    lines.push({ status: 'note', text: safeLine(`${path} is not judged: ${reason}`) });
  }
  lines.push(...observedSummary(report).map((text): Line => ({ status: 'note', text })));
  return lines;
}

/** How much a baseline covers, what of it is no longer there, and what was written. */
export function baselineNotes({ baseline, written }: CompatReport): string[] {
  if (written !== undefined) {
    return [
      safeLine(
        `${written.file} accepts ${plural(written.findings, 'finding')} of this run, whose verdict stays as it is; from now on: --baseline ${written.file}`,
      ),
    ];
  }
  if (baseline === undefined) {
    return [];
  }
  const { file, commit, findings, migrations, unjudged, stale } = baseline;
  const at = commit === undefined ? '' : `, as it is at ${commit},`;
  return [
    `${file}${at} accepts ${plural(findings, 'finding')} in ${plural(migrations, 'migration')}, ${plural(unjudged, 'place')} of them not judged`,
    ...stale.map(
      ({ file: name, rule, message, count }) =>
        `${file} accepts what is no longer found: ${name} ${rule}: ${message}${count === 1 ? '' : ` (${count} times)`}; take it out, or write the file anew`,
    ),
  ].map(safeLine);
}

export function summaryOf({ outcome, files, durationMs, baseline }: CompatReport): string {
  const findings = files.flatMap((file) => file.findings);
  const count = (severity: Finding['severity']) =>
    findings.filter(
      ({ severity: own, override, acceptedBy }) =>
        own === severity && override === undefined && acceptedBy === undefined,
    ).length;
  const allowed = findings.filter(({ override }) => override !== undefined).length;
  const parts = [
    plural(files.length, 'migration'),
    plural(count('error'), 'error'),
    plural(count('warning'), 'warning'),
    `${allowed} allowed by override`,
    ...(baseline === undefined ? [] : [`${baseline.findings} accepted by the baseline`]),
    ...unjudged(files),
  ];
  return `migration-compat: ${outcome}, ${parts.join(', ')}, ${(durationMs / 1000).toFixed(1)} s`;
}

/** Always printed: what wasn't judged hasn't passed, even if allowed. */
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
    details.push(`why: ${rules[rule].reason}`, `instead: ${rules[rule].safeWay}`, `page: ${pageLink(pageOf(rule))}`);
  }
  return {
    status: severity === 'error' ? 'FAIL' : 'WARN',
    text: [`${place} ${rule}: ${message}`, ...details].map(safeLine).join('\n       '),
  };
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
