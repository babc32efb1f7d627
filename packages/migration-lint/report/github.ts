import { annotationLine } from '@meho/core/report/annotation';
import { pageLink } from '@meho/core/report/page-link';
import { safeLine } from '@meho/core/report/safe-text';
import type { CompatReport, JudgedFile } from '../compat.ts';
import { pageOf, rules } from '../rules/rules.ts';
import { observedNotes, observedSummary } from './observed.ts';
import { baselineNotes } from './text.ts';

export function githubLines(report: CompatReport): string[] {
  const notes = baselineNotes(report).map((note) => annotationLine({ level: 'notice', title: 'baseline', text: note }));
  const observed = [...report.files.flatMap(observedNotes), ...observedSummary(report)].map((note) =>
    annotationLine({ level: 'notice', title: 'observed', text: note }),
  );
  return [...report.files.flatMap(annotationsOf), ...notes, ...observed];
}

/** What a baseline accepts is counted, not marked. */
function annotationsOf({ findings }: JudgedFile): string[] {
  return findings
    .filter(({ acceptedBy }) => acceptedBy === undefined)
    .map(({ rule, severity, file, line, column, message, override }) => {
      const level = override === undefined ? severity : 'notice';
      const text =
        override === undefined
          ? `${safeLine(message)}\n${rules[rule].reason}\nInstead: ${rules[rule].safeWay}\nPage: ${pageLink(pageOf(rule))}`
          : `${safeLine(message)}\nallowed because ${safeLine(override.reason)}`;
      return annotationLine({ level, title: rule, file: safeLine(file), line, column, text });
    });
}
