import { TransportError } from '../http/transport-error.ts';
import { messageOf, Problem } from '../problem.ts';
import type { DeviceCode } from './device-flow.ts';

/** What the person has to do. The link with the code in it may never show that; what is shown must be the same. */
export function invitation(
  { verificationUri, verificationUriComplete, userCode }: DeviceCode,
  withinMs: number,
): string {
  const within = `within ${inWords(withinMs)}`;
  if (verificationUriComplete === undefined) {
    return `open ${verificationUri?.href} ${within}, enter the code ${userCode}, log in and confirm`;
  }
  const byHand = verificationUri === undefined ? '' : `; by hand: ${verificationUri.href} asks for it`;
  return `open ${verificationUriComplete.href} ${within}, log in and confirm; if a page shows a code, it must be ${userCode}${byHand}`;
}

/** Rounded down: nobody should count on what is not there. */
export function inWords(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) {
    return 'less than 1 s';
  }
  return seconds < 120 && seconds % 60 !== 0 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

export function explanation(error: unknown): string {
  if (error instanceof TransportError) {
    return `expected an answer of the issuer, got ${error.observed}; ${error.hint}`;
  }
  if (error instanceof Problem) {
    return `expected ${error.expected}, got ${error.observed}; ${error.next}`;
  }
  return `it broke off: ${messageOf(error)}`;
}
