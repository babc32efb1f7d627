import type { Environment } from '../config.ts';

/** On a terminal without NO_COLOR. */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: Environment = process.env): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/** Whether somebody watches lines that change in place; a build's log is no screen, even where it has a terminal. */
export function isWatched(stream: { readonly isTTY?: boolean }, env: Environment = process.env): boolean {
  const isCi = !['', 'false', '0'].includes(env['CI'] ?? '');
  return stream.isTTY === true && env['TERM'] !== 'dumb' && !isCi;
}
