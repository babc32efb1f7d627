import { html, type Markup } from '../markup.ts';

/** The caption says what its rows are. */
export function sortable(id: string, caption: string, columns: readonly string[], rows: readonly Markup[]): Markup {
  const heads = columns.map((name) => html`<th scope="col"><button type="button">${name}</button></th>`);
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table id="${id}" class="sortable"><caption class="unseen">${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}
