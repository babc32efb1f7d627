import { appendFileSync, writeFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { annotationLines, paintedLines, safeJson, safeLines, safeMarkdown, safeMarkup } from './safe-text.ts';

/** Keeps all output safe whatever a text holds; `output.test.ts` finds what bypasses it. */

/** Whole lines, to stdout. */
export function out(text: string): void {
  process.stdout.write(safeLines(text));
}

/** Whole lines, to stderr. */
export function err(text: string): void {
  process.stderr.write(safeLines(text));
}

/** Allows our colours. */
export function writeColoured(stream: Pick<NodeJS.WritableStream, 'write'>, text: string): void {
  stream.write(paintedLines(text));
}

/** Allows GitHub annotations. */
export function annotations(text: string): void {
  process.stdout.write(annotationLines(text));
}

const forms = {
  html: safeMarkup,
  json: safeJson,
  jsonl: safeJson,
  md: safeMarkdown,
  svg: safeMarkup,
  txt: safeLines,
  xml: safeMarkup,
} as const;
export type Form = keyof typeof forms;

export async function writeReport(file: string, form: Form, text: string): Promise<void> {
  await writeFile(file, forms[form](text));
}

export function writeReportSync(file: string, form: Form, text: string): void {
  writeFileSync(file, forms[form](text));
}

export async function appendReport(file: string, form: Form, text: string): Promise<void> {
  await appendFile(file, forms[form](text));
}

export function appendReportSync(file: string, form: Form, text: string): void {
  appendFileSync(file, forms[form](text));
}
