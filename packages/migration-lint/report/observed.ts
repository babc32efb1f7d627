import { safeLine } from '@meho/core/report/safe-text';
import type { CompatReport, JudgedFile } from '../compat.ts';

/** What a Postgres showed of each migration beside what was predicted and sent, a line per difference. */
export function observedNotes({ path, findings, execution, observation }: JudgedFile): string[] {
  if (observation === undefined) {
    return [];
  }
  if ('why' in observation) {
    return [safeLine(`${path} is not observed: ${observation.why}`)];
  }
  const { additive, foretold, unforeseen, locks, unseen, notObserved, prepared } = observation;
  const changes = plural(additive + foretold + unforeseen, 'change');
  const predicted = plural(findings.length - unforeseen, 'finding');
  const held = locks.map(({ table, mode }) => `${table.replace(/^public\./, '')} ${mode}`).join(', ');
  return [
    `${path}: ${predicted} predicted, ${plural(execution?.statements ?? 0, 'statement')} executed, ${changes} observed (${additive} additive, ${foretold} judged, ${unforeseen} unforeseen)`,
    ...(held === '' ? [] : [`${path} holds until its transaction ends: ${held}`]),
    ...(prepared === undefined ? [] : [`${path} ${prepared}`]),
    ...unseen.map(
      ({ rule, line, message }) => `${path}:${line} ${rule} is predicted, but was not observed: ${message}`,
    ),
    ...notObserved.map((what) => `${path}: not observed: ${what}`),
  ].map(safeLine);
}

/** Of how many; and what no run observes. */
export function observedSummary({ files }: CompatReport): string[] {
  const asked = files.filter(({ observation }) => observation !== undefined);
  if (asked.length === 0) {
    return [];
  }
  const seen = asked.filter(({ observation }) => observation !== undefined && !('why' in observation));
  return [
    `observed on empty tables: ${seen.length} of ${plural(asked.length, 'migration')}; not observed: rows, and how long other sessions wait`,
  ];
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
