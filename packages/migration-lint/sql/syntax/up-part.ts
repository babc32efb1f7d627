export interface UpPart {
  /** With blanks where the rest was, so that offsets stay. */
  readonly text: string;
  /** As the runner has it by default, or as the file asks. */
  readonly transaction: 'open' | 'none';
}

/** Line by line, as goose, sql-migrate (`+migrate`) and dbmate (`migrate:`) read them. */
const marker =
  /^(?:[ \t]*--[ \t]*\+(?:goose|migrate)[ \t]+([Uu][Pp]|[Dd][Oo][Ww][Nn]|[Nn][Oo][ \t]+[Tt][Rr][Aa][Nn][Ss][Aa][Cc][Tt][Ii][Oo][Nn])\b([^\n]*)|--[ \t]*migrate:(up|down)(?:[ \t]+([^\n]*))?)[ \t]*\r?$/gm;

/** What a runner that keeps both directions in a file runs going up; undefined for other files. */
export function upPart(sql: string): UpPart | undefined {
  const markers = [...sql.matchAll(marker)].map((match) => {
    const [, word = match[3] ?? '', options = match[4] ?? ''] = match;
    return { at: match.index, word: word.toLowerCase(), options };
  });
  if (!markers.some(({ word }) => word === 'up')) {
    return undefined;
  }
  let text = '';
  let last = 0;
  let isDown = false;
  for (const { at, word } of markers) {
    const piece = sql.slice(last, at);
    text += isDown ? blank(piece) : piece;
    last = at;
    isDown = word === 'down' || (isDown && word !== 'up');
  }
  const rest = sql.slice(last);
  const alone = markers.some(
    ({ word, options }) =>
      word.startsWith('no') || (word === 'up' && /\bnotransaction\b|\btransaction:false\b/.test(options)),
  );
  return { text: text + (isDown ? blank(rest) : rest), transaction: alone ? 'none' : 'open' };
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ');
}
