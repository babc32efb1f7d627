import { failureLine } from '@meho/core/failure';
import { TransportError } from '@meho/core/http/transport-error';
import { messageOf, Problem } from '@meho/core/problem';
import type { DeviceCode } from './device-flow.ts';

/** A page that shows a code must show this one. */
export function invitation(
  { verificationUri, verificationUriComplete, userCode }: DeviceCode,
  withinMs: number,
): string {
  const within = `within ${formatDuration(withinMs)}`;
  if (verificationUriComplete === undefined) {
    return `open ${verificationUri?.href} ${within}, enter the code ${userCode}, log in and confirm`;
  }
  const byHand = verificationUri === undefined ? '' : `; by hand: ${verificationUri.href} asks for it`;
  return `open ${verificationUriComplete.href} ${within}, log in and confirm; if a page shows a code, it must be ${userCode}${byHand}`;
}

/** Rounded down: promises no time that isn't left. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) {
    return 'less than 1 s';
  }
  return seconds < 120 && seconds % 60 !== 0 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

export function explanation(error: unknown): string {
  if (error instanceof TransportError) {
    return failureLine({ expected: 'an answer of the issuer', observed: error.observed, hint: error.hint });
  }
  if (error instanceof Problem) {
    return failureLine(error);
  }
  return `it broke off: ${messageOf(error)}`;
}
