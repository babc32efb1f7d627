/**
 * Text from outside, made safe for whatever reads it: a terminal, GitHub's runner, Markdown, HTML, XML. Every output goes
 * through one of these. Harmless text stays as it is, letters of all languages included.
 *
 * The runner takes `::command::` at the start of a line and `##[command]` anywhere in one for orders; it skips what has no
 * width, and blanks before the first.
 */

/** What no text may hold: what steers a terminal, hides or turns text around, and what XML has no place for. */
const unfit = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
const unfitInLines = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** What the runner would not see between the characters of its marks. */
const noWidth = '\\p{Default_Ignorable_Code_Point}*';
const orderAnywhere = new RegExp(`(#${noWidth}#${noWidth})\\[`, 'gu');
const orderAtStart = new RegExp(`^([^\\S\\n]*(?:\\p{Default_Ignorable_Code_Point}[^\\S\\n]*)*):(?=${noWidth}:)`, 'gmu');

/** One line, for a terminal and a log; a line break is written as ` | `. */
export function safeLine(text: string): string {
  return withoutOrders(fitForField(text));
}

/** One line of a report that is written as JSON or markup, where the runner's marks get an escape of theirs. */
export function fitForField(text: string): string {
  return text.replace(unfit, (char) => (char === '\n' ? ' | ' : escaped(char)));
}

/** As many lines as it has, e.g. a table. */
export function safeLines(text: string): string {
  return withoutOrders(text.replace(unfitInLines, escaped));
}

/** Lines with colours: those sequences alone stay that set one, which are taken for nothing where an order begins. */
export function paintedLines(text: string): string {
  return text.split('\n').map(paintedLine).join('\n');
}

/** Lines of which those are GitHub's annotations that begin as one does; they can't hold another order. */
export function annotationLines(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const start = /^::(?:error|warning|notice) /.exec(line)?.[0] ?? '';
      return start + safeLines(line.slice(start.length));
    })
    .join('\n');
}

/** A document of JSON that says the same to every parser, with the runner's marks and what steers a terminal as escapes. */
export function jsonText(value: unknown): string {
  return safeJson(JSON.stringify(value, null, 2));
}

/** The same of text that is JSON already: what is escaped can only be within its strings. */
export function safeJson(text: string): string {
  return text
    .replace(unfitInLines, escapedUnits)
    .replace(orderAnywhere, (_mark, hashes: string) => `${hashes}${escapedUnits('[')}`);
}

/** Lines for HTML and XML, before their own escapes. */
export function fitForMarkup(text: string): string {
  return text.replace(unfitInLines, escaped);
}

/** Markup that is finished: the runner's mark as a reference, so that the parsed text is the same. */
export function withoutOrdersInMarkup(markup: string): string {
  return markup.replace(orderAnywhere, '$1&#91;');
}

/** HTML or XML that is finished. */
export function safeMarkup(markup: string): string {
  return withoutOrdersInMarkup(fitForMarkup(markup));
}

/** Markdown that is finished, which may hold HTML and code: a reference would be shown as it is in code. */
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
  // What had to be changed loses its colours.
  return safe === plain ? line : safe;
}

function withoutOrders(text: string): string {
  return text
    .replace(orderAnywhere, (_mark, hashes: string) => `${hashes}${escaped('[')}`)
    .replace(orderAtStart, (_mark, blanks: string) => `${blanks}${escaped(':')}`);
}

function escaped(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** Beyond the first 65,536 characters JSON has an escape for each half. */
function escapedUnits(char: string): string {
  return char.split('').map(escaped).join('');
}
