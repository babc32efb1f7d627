import { isHarmless, isSecretName } from './secret-names.ts';

const mark = '[redacted]';
const assignment =
  /(?<![\w.-])([A-Za-z_][\w.-]{0,127})((?:\\{0,8}["'`])?\]?[ \t]{0,8}(?:=>|:=|=(?!={1,2} )|:|%3[Dd]|%3[Aa])[ \t]{0,8})/g;
/** Ends at a blank, or where another pair begins or a list ends. */
const bare = /(?:(?![,;&}\])|]+(?:\s|$|\\*["']?[\w.-]{1,64}\\*["']?[=:]))[^\s"'`<>])+/y;
const scheme = /(?:Bearer|Basic|Token|Digest|Negotiate|ApiKey)[ \t]+/iy;
const opening = /\\{0,8}["'`]/y;
const longestQuoted = 65_536;

/** Redacts under secret names anywhere in a line: `a_password=…`, `"token": "…"`, `--api-key …`. */
export function redactAssignments(line: string): string {
  if (!/[=:]|%3[ad]|--|<|value/i.test(line)) {
    return line;
  }
  let clean = withoutNamed(line);
  if (clean.includes('</')) {
    clean = withoutElements(clean);
  }
  if (/(?<![^\s"'[,])-/.test(clean)) {
    clean = withoutFlags(clean);
  }
  return /value/i.test(clean) ? withoutPaired(clean) : clean;
}

function withoutNamed(line: string): string {
  let clean = '';
  let from = 0;
  assignment.lastIndex = 0;
  for (let found = assignment.exec(line); found !== null; found = assignment.exec(line)) {
    const [whole, name = '', between = ''] = found;
    if (!isSecretName(name)) {
      continue;
    }
    const start = found.index + whole.length;
    const [valueStart, valueEnd] = valueIn(line, start, name);
    const value = line.slice(valueStart, valueEnd);
    if (value !== '' && !isHarmless(name, value) && !isProse(name, between, value)) {
      clean += line.slice(from, valueStart) + mark;
      from = valueEnd;
    }
    assignment.lastIndex = Math.max(valueEnd, assignment.lastIndex);
  }
  return clean + line.slice(from);
}

function valueIn(line: string, start: number, name: string): readonly [number, number] {
  opening.lastIndex = start;
  const quote = opening.exec(line)?.[0];
  if (quote !== undefined) {
    return [start + quote.length, endOfQuoted(line, start + quote.length, quote)];
  }
  scheme.lastIndex = start;
  const at = start + (scheme.exec(line)?.[0].length ?? 0);
  if (/cookie$|authorization$/i.test(name)) {
    const end = /\\*["'`]/.exec(line.slice(at, at + longestQuoted));
    return [at, end === null ? line.length : at + end.index];
  }
  bare.lastIndex = at;
  return [at, at + (bare.exec(line)?.[0].length ?? 0)];
}

function endOfQuoted(line: string, from: number, quote: string): number {
  for (let at = line.indexOf(quote, from); at >= 0 && at < from + longestQuoted; at = line.indexOf(quote, at + 1)) {
    if (!isEscaped(line, at, from, quote)) {
      return at;
    }
  }
  return line.length;
}

/** More backslashes than the opening quote: still part of the value. */
function isEscaped(line: string, at: number, from: number, quote: string): boolean {
  let backslashes = 0;
  while (at - 1 - backslashes >= from && line[at - 1 - backslashes] === '\\') {
    backslashes += 1;
  }
  return quote.length === 1 ? backslashes % 2 === 1 : backslashes > 0;
}

/** `invalid token: expired` is a sentence, yet a password may be a word. */
function isProse(name: string, between: string, value: string): boolean {
  return (
    /^(?:tokens?|secrets?|credentials?|cookies?)$/i.test(name) && between === ': ' && /^[a-z]{1,14}[.,;:]?$/.test(value)
  );
}

function withoutFlags(line: string): string {
  return line
    .replace(
      /(?<![^\s"'[,])(--?[A-Za-z][\w-]{0,64})([ \t]+|=)("[^"]*"|'[^']*'|[^\s"'-][^\s"']*)/g,
      (whole: string, flag: string, between: string, value: string) =>
        isSecretName(flag) && !isHarmless(flag, value) ? `${flag}${between}${mark}` : whole,
    )
    .replace(
      /(["'])(--?[A-Za-z][\w-]{0,64})\1(\s{0,4},\s{0,4})(["'])((?:(?!\4)[^\\]|\\.){0,1000})\4/g,
      (whole: string, quote: string, flag: string, between: string, other: string) =>
        isSecretName(flag) ? `${quote}${flag}${quote}${between}${other}${mark}${other}` : whole,
    );
}

function withoutElements(line: string): string {
  return line.replace(
    /<((?:\w{1,40}:)?[\w.-]{1,64})((?:\s[^<>]{0,200})?)>([^<]{1,2000})(?=<\/)/g,
    (whole: string, name: string, more: string, value: string) =>
      (isSecretName(name) || isSecretName(/(?:key|name)="([\w.-]{1,64})"/.exec(more)?.[1] ?? '')) &&
      !isHarmless(name, value)
        ? `<${name}${more}>${mark}`
        : whole,
  );
}

/** `name: DB_PASSWORD, value: …`, in either order. */
function withoutPaired(line: string): string {
  return line
    .replace(
      /\b((?:name|key)\\*["']?\s{0,4}[:=]\s{0,4}\\*["']?)([\w.-]{1,128})(\\*["']?[,\s]{1,4}\\*["']?value\\*["']?\s{0,4}[:=]\s{0,4})(\\*"(?:[^"\\]|\\[^"]){0,4000}\\*"|'[^']{0,4000}'|[^\s,}\]"'\\][^\s}\]]{0,4000})/gi,
      (whole: string, before: string, name: string, between: string, value: string) =>
        isSecretName(name) && !isHarmless(name, value) ? `${before}${name}${between}${quoted(value)}` : whole,
    )
    .replace(
      /\b(value\\*["']?\s{0,4}[:=]\s{0,4})(\\*"(?:[^"\\]|\\[^"]){0,4000}\\*"|'[^']{0,4000}'|[^\s,}\]"'\\][^\s,}\]]{0,4000})([,\s]{1,4}\\*["']?(?:name|key)\\*["']?\s{0,4}[:=]\s{0,4}\\*["']?)([\w.-]{1,128})/gi,
      (whole: string, before: string, value: string, between: string, name: string) =>
        isSecretName(name) && !isHarmless(name, value) ? `${before}${quoted(value)}${between}${name}` : whole,
    );
}

function quoted(value: string): string {
  const quote = /\\*["']$/.exec(value)?.[0] ?? '';
  return `${quote}${mark}${quote}`;
}
