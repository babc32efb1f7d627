import type { Comment } from '../../overrides.ts';
import { scanSql } from './parser.ts';

/**
 * Includes those in DO blocks and functions.
 * @param at added to every offset
 */
export function sqlComments(sql: string, at = 0): Comment[] {
  let tokens: ReturnType<typeof scanSql>;
  try {
    tokens = scanSql(sql);
  } catch {
    // Unterminated literal, already reported; comments can't be told from it.
    return [];
  }
  return tokens.flatMap((token) => {
    if (token.name === 'SQL_COMMENT' || token.name === 'C_COMMENT') {
      return [{ text: token.text, range: { start: at + token.start, end: at + token.end } }];
    }
    const quoted = /^\$(\w*)\$/.exec(token.text);
    if (quoted === null || !token.text.includes('meho:')) {
      return [];
    }
    const [quote] = quoted;
    return sqlComments(token.text.slice(quote.length, -quote.length), at + token.start + quote.length);
  });
}
