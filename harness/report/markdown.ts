import { fitForMarkup } from './safe-text.ts';

/**
 * Markdown for pull requests and step summaries. What a deployment says may hold anything: it is shown as code, and with
 * every character escaped that could end the code, mention somebody, make a link or another column.
 */

/** A text as it is, in one line. */
export function code(text: string, longest = 300): string {
  const clipped = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return `<code>${escaped(clipped)}</code>`;
}

/** Lines as they are, e.g. a table of plain text. */
export function preformatted(text: string): string {
  return `<pre>${text.split('\n').map(escaped).join('\n')}</pre>`;
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Something that is folded away until somebody asks. An empty line lets Markdown begin again. */
export function folded(title: string, body: string): string {
  return `<details><summary>${escaped(title)}</summary>\n\n${body}\n\n</details>`;
}

/** Anything but letters, digits and plain punctuation as its number; `www.` would become a link by itself. */
function escaped(text: string): string {
  return fitForMarkup(text)
    .replace(/[^\p{L}\p{N} .,;()=+%/'–…-]/gu, (char) => `&#${char.codePointAt(0)};`)
    .replace(/www\./gi, (found) => `${found.slice(0, -1)}&#46;`);
}
