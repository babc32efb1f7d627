import { redactAssignments } from './redact-assignments.ts';
import { redactLines } from './redact-lines.ts';
import { parseJson, redactFields, rewriteJson } from './redact-object.ts';
import { mayNameSecret } from './secret-names.ts';

/** Nobody reads deeper nesting. */
const deepest = 100;

/** JSON by its structure, anything else by lines, and texts within them likewise. */
export function redactText(text: string, depth = 0): string {
  // Most texts have no such name.
  if (!mayNameSecret(text)) {
    return text;
  }
  if (depth > deepest) {
    return text.split('\n').map(redactAssignments).join('\n');
  }
  const parsed = parseJson(text);
  return parsed === undefined ? redactLines(text, redactText, depth) : rewriteJson(parsed, text, redactText, depth);
}

/** Redacts an object as it would its text. */
export function redactObject(value: unknown): unknown {
  return redactFields(value, redactText, 0);
}
