import { createHash } from 'node:crypto';
import { html, Markup } from './markup.ts';
import { style } from './page-style.ts';

export interface Page {
  readonly title: string;
  readonly body: Markup;
  /** What the page does by itself; it shows everything without it. */
  readonly script: string;
}

/** A page that needs nothing else: no network, no other file, and a policy of its own that would not let it load any. */
export function page({ title, body, script }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(style)}</style>
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
