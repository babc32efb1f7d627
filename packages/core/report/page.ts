import { createHash } from 'node:crypto';
import { html, Markup } from './markup.ts';
import { style as pageStyle } from './page-style.ts';

export interface Page {
  readonly title: string;
  readonly body: Markup;
  /** Beside the one that all pages share. */
  readonly style?: string;
  /** Optional: the page is complete without it. */
  readonly script: string;
}

/** Self-contained: its content policy blocks loading anything. */
export function page({ title, body, style = '', script }: Page): string {
  const styles = `${pageStyle}${style}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${hash(styles)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(styles)}</style>
</head>
<body>
<main>
${body}
</main>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

const hash = (text: string) => new Markup(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
