const mark = '[redacted private key]';
/** Longer than any key in use. */
const longest = 20_000;
const border = /-----(BEGIN|END) (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
/** Matches the body of a key without its end, whatever notation its line breaks have. */
const body =
  /(?:(?:\s|\\+[nr]|["'|>])*(?:[A-Z][A-Za-z-]{1,30}: [^\n\\]{0,200}|[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]+={1,2}))*(?:(?:\s|\\+[nr])*[A-Za-z0-9+/]{2,}(?=["'\s]*$))?/y;

/** Also removes PEM keys whose beginning or end was cut off. */
export function withoutPrivateKeys(text: string): string {
  if (!text.includes('PRIVATE KEY')) {
    return text;
  }
  // Collects pieces, because checking the end of a growing string would copy it each time.
  const clean: string[] = [];
  let from = 0;
  const borders = Array.from(text.matchAll(border));
  for (const [index, found] of borders.entries()) {
    const behind = found.index + found[0].length;
    if (found[1] === 'END') {
      const begin = Math.max(from, startOfBody(text, from, found.index));
      if (begin > from) {
        clean.push(text.slice(from, begin));
      }
      if (clean.at(-1) !== mark || from !== found.index) {
        clean.push(mark);
      }
      from = behind;
      continue;
    }
    const next = borders[index + 1];
    const isWhole = next?.[1] === 'END' && next.index - behind < longest;
    clean.push(text.slice(from, found.index));
    if (isWhole) {
      // The END border removes the body.
      clean.push(mark);
      from = next.index;
    } else {
      body.lastIndex = behind;
      const rest = body.exec(text.slice(0, Math.min(text.length, next?.index ?? text.length, behind + longest)));
      clean.push(mark);
      from = behind + (rest?.[0].length ?? 0);
    }
  }
  return clean.join('') + text.slice(from);
}

function startOfBody(text: string, from: number, until: number): number {
  const pieces = text.slice(Math.max(from, until - longest), until).split(/((?:\s|\\+[nr]|["'])+)/);
  let start = until;
  for (const [index, piece] of pieces.toReversed().entries()) {
    // A key's last line may be short.
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
