import { fitForMarkup } from './safe-text.ts';

/**
 * For pull requests and step summaries. A deployment's text becomes code, with everything escaped that could end it,
 * mention somebody, or make a link or column.
 */

/** Verbatim, on one line. */
export function code(text: string, longest = 300): string {
  const clipped = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return `<code>${escapeMarkdown(clipped)}</code>`;
}

/** Verbatim lines, e.g. a plain-text table. */
export function preformatted(text: string): string {
  return `<pre>${text.split('\n').map(escapeMarkdown).join('\n')}</pre>`;
}

/** A sentence of ours, which may name what a deployment or a test is called. */
export function sentence(text: string): string {
  return escapeMarkdown(text.replaceAll(/\s+/g, ' '));
}

/** Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Collapsed. The empty line lets Markdown begin again. */
export function collapsible(title: string, body: string): string {
  return `<details><summary>${escapeMarkdown(title)}</summary>\n\n${body}\n\n</details>`;
}

/** Escapes even `www.`, which would become a link. */
function escapeMarkdown(text: string): string {
  return fitForMarkup(text)
    .replace(/[^\p{L}\p{N} .,;()=+%/'–…-]/gu, (char) => `&#${char.codePointAt(0)};`)
    .replace(/www\./gi, (found) => `${found.slice(0, -1)}&#46;`);
}
