import { html, type Markup, none } from '../markup.ts';
import type { Attachment } from '../run-report.ts';

export const linkTo = (file: string) =>
  html`<a href="${file.split('/').map(encodeURIComponent).join('/')}">${file}</a>`;

/** The policy matrix first. */
export function files(attachments: readonly Attachment[]): Markup {
  const rank = { matrix: 0, evidence: 1, results: 2 } as const;
  const sorted = attachments.toSorted((a, b) => rank[a.kind] - rank[b.kind]);
  return sorted.length === 0 ? none : html`<ul>${sorted.map(({ path }) => html`<li>${linkTo(path)}</li>`)}</ul>`;
}
