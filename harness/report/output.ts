import { appendFileSync, writeFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { annotationLines, paintedLines, safeJson, safeLines, safeMarkdown, safeMarkup } from './safe-text.ts';

/**
 * Where everything goes out that somebody reads: standard output, standard error, reports. Whatever a text holds, what
 * is written is fit for its reader; `output.test.ts` finds what goes past this.
 */

/** Whole lines, with their ends, on standard output. */
export function out(text: string): void {
  process.stdout.write(safeLines(text));
}

/** Whole lines, with their ends, on standard error. */
export function err(text: string): void {
  process.stderr.write(safeLines(text));
}

/** Lines with the colours of ours. */
export function painted(stream: Pick<NodeJS.WritableStream, 'write'>, text: string): void {
  stream.write(paintedLines(text));
}

/** Lines of which those may be annotations of GitHub that begin as one. */
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

/** Writes a report. */
export async function keep(file: string, form: Form, text: string): Promise<void> {
  await writeFile(file, forms[form](text));
}

export function keepSync(file: string, form: Form, text: string): void {
  writeFileSync(file, forms[form](text));
}

/** Adds to a report. */
export async function add(file: string, form: Form, text: string): Promise<void> {
  await appendFile(file, forms[form](text));
}

export function addSync(file: string, form: Form, text: string): void {
  appendFileSync(file, forms[form](text));
}
