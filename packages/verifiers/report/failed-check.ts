import { code, collapsible, preformatted } from '@meho/core/report/markdown';
import { pageLink } from '@meho/core/report/page-link';
import type { CheckReport } from './report.ts';

const longest = 600;
const longestEvidence = 8000;

/** A failed check in a comment or a step summary. @param evidenceTitle above what is folded away */
export function failedCheck(
  { title, expected = '', observed = '', hint = '', page, evidence = [] }: CheckReport,
  evidenceTitle: string,
): string {
  const parts = [
    `- expected: ${code(expected)}`,
    `- seen: ${code(observed, longest)}`,
    `- look first: ${code(hint, longest)}`,
    ...(page === undefined ? [] : [`- page: ${code(pageLink(page))}`]),
  ].join('\n');
  const folded = collapsible(evidenceTitle, preformatted(evidence.join('\n').slice(0, longestEvidence)));
  return [`**${title}** failed.`, parts, ...(evidence.length === 0 ? [] : [folded])].join('\n\n');
}
