/**
 * All output uses it; harmless text of any language is unchanged.
 * GitHub's runner takes `::command::` at a line's start and `##[command]` anywhere for commands, ignoring zero-width
 * characters and leading blanks.
 */

/** Controls terminals, hides or reverses text, or is invalid in XML. */
const unfit = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
const unfitInLines = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** The runner ignores these within its marks. */
const noWidth = '\\p{Default_Ignorable_Code_Point}*';
const orderAnywhere = new RegExp(`(#${noWidth}#${noWidth})\\[`, 'gu');
const orderAtStart = new RegExp(`^([^\\S\\n]*(?:\\p{Default_Ignorable_Code_Point}[^\\S\\n]*)*):(?=${noWidth}:)`, 'gmu');

/** Line breaks become ` | `. */
export function safeLine(text: string): string {
  return withoutOrders(fitForField(text));
}

/** Leaves the runner's marks to JSON or markup, which escape them. */
export function fitForField(text: string): string {
  return text.replace(unfit, (char) => (char === '\n' ? ' | ' : escapeCharacter(char)));
}

/** Keeps line breaks, e.g. for a table. */
export function safeLines(text: string): string {
  return withoutOrders(text.replace(unfitInLines, escapeCharacter));
}

/** Keeps colour sequences only; they don't hide a runner command. */
export function paintedLines(text: string): string {
  return text.split('\n').map(paintedLine).join('\n');
}

/** Keeps annotations at line starts, without further commands inside. */
export function annotationLines(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const start = /^::(?:error|warning|notice) /.exec(line)?.[0] ?? '';
      return start + safeLines(line.slice(start.length));
    })
    .join('\n');
}

/** Escapes runner marks and terminal controls; parsers read the same. */
export function jsonText(value: unknown): string {
  return safeJson(JSON.stringify(value, null, 2));
}

/** Takes finished JSON: only strings can need escapes. */
export function safeJson(text: string): string {
  return text
    .replace(unfitInLines, escapedUnits)
    .replace(orderAnywhere, (_mark, hashes: string) => `${hashes}${escapedUnits('[')}`);
}

/** Runs before HTML or XML escaping. */
export function fitForMarkup(text: string): string {
  return text.replace(unfitInLines, escapeCharacter);
}

/** Writes runner marks as references, which parse to the same. */
export function withoutOrdersInMarkup(markup: string): string {
  return markup.replace(orderAnywhere, '$1&#91;');
}

export function safeMarkup(markup: string): string {
  return withoutOrdersInMarkup(fitForMarkup(markup));
}

/** Finished Markdown, where a reference within code would show. */
export function safeMarkdown(markdown: string): string {
  return safeLines(markdown);
}

const colour = new RegExp(`(${String.fromCharCode(27)}\\[\\d{1,2}m)`);

function paintedLine(line: string): string {
  const plain = line
    .split(colour)
    .filter((_, index) => index % 2 === 0)
    .join('');
  const safe = safeLines(plain);
  // A changed line loses its colours.
  return safe === plain ? line : safe;
}

function withoutOrders(text: string): string {
  return text
    .replace(orderAnywhere, (_mark, hashes: string) => `${hashes}${escapeCharacter('[')}`)
    .replace(orderAtStart, (_mark, blanks: string) => `${blanks}${escapeCharacter(':')}`);
}

function escapeCharacter(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** JSON escapes each UTF-16 half. */
function escapedUnits(char: string): string {
  return char.split('').map(escapeCharacter).join('');
}
