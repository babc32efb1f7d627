import type { InText } from './redact-object.ts';
import { mayNameSecret } from './secret-names.ts';

/** Also without its end, so that each character is read once. */
const quoted = /"(?:[^"\\]+|\\.)*(?:"|$)/gs;

/** A text of several lines may be written as one, in YAML's double quotes or a log's. */
export function withinQuotes(line: string, inText: InText, depth: number): string {
  if (!line.includes('\\n')) {
    return line;
  }
  return line.replace(quoted, (whole) => {
    const text = whole.includes('\\n') && mayNameSecret(whole) ? unquote(whole) : undefined;
    if (text === undefined) {
      return whole;
    }
    const clean = inText(text, depth + 1);
    return clean === text ? whole : JSON.stringify(clean);
  });
}

function unquote(whole: string): string | undefined {
  try {
    const text: unknown = JSON.parse(whole);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
