const mark = '[redacted private key]';
/** More than the largest key in use is long. */
const longest = 20_000;
const border = /-----(BEGIN|END) (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
/** What the lines of a key whose end was cut off are made of, line breaks of other notations included. */
const body =
  /(?:(?:\s|\\+[nr]|["'|>])*(?:[A-Z][A-Za-z-]{1,30}: [^\n\\]{0,200}|[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]+={1,2}))*(?:(?:\s|\\+[nr])*[A-Za-z0-9+/]{2,}(?=["'\s]*$))?/y;

/** Private keys in PEM, those too whose end or beginning was cut off. */
export function withoutPrivateKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) {
    return text;
  }
  let clean = '';
  let from = 0;
  const borders = Array.from(text.matchAll(border));
  for (const [index, found] of borders.entries()) {
    const behind = found.index + found[0].length;
    if (found[1] === 'END') {
      clean += text.slice(from, Math.max(from, startOfBody(text, from, found.index)));
      clean += clean.endsWith(mark) && from === found.index ? '' : mark;
      from = behind;
      continue;
    }
    const next = borders[index + 1];
    const isWhole = next?.[1] === 'END' && next.index - behind < longest;
    clean += text.slice(from, found.index);
    if (isWhole) {
      // Its end takes out what is between.
      clean += mark;
      from = next.index;
    } else {
      body.lastIndex = behind;
      const rest = body.exec(text.slice(0, Math.min(text.length, next?.index ?? text.length, behind + longest)));
      clean += mark;
      from = behind + (rest?.[0].length ?? 0);
    }
  }
  return clean + text.slice(from);
}

/** Goes back over pieces of base64 with blanks or written line breaks between them. */
function startOfBody(text: string, from: number, until: number): number {
  const pieces = text.slice(Math.max(from, until - longest), until).split(/((?:\s|\\+[nr]|["'])+)/);
  let start = until;
  for (const [index, piece] of pieces.toReversed().entries()) {
    // The last line of a key may be short.
    if (
      !/^(?:(?:\s|\\+[nr]|["'])*|[A-Za-z0-9+/=]{16,80})$/.test(piece) &&
      !(index < 3 && /^[A-Za-z0-9+/]{1,80}={0,2}$/.test(piece))
    ) {
      break;
    }
    start -= piece.length;
  }
  return start;
}
