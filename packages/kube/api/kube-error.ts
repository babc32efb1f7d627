import { parseJson } from '@meho/core/http/bounded-json';
import type { HttpAnswer } from '@meho/core/http/exchange';
import { statusText } from '@meho/core/http/status-text';
import { type AskedRight, askedRight } from './asked-right.ts';
import { isFields } from './fields.ts';

export class KubeError extends Error {
  /** E.g. 403. */
  readonly status: number;
  /** E.g. `Forbidden`. */
  readonly reason: string;
  readonly right: AskedRight | undefined;

  constructor(call: string, status: number, reason: string, message: string, right?: AskedRight) {
    super(`${call}: ${status} ${reason}${message === '' ? '' : `: ${message}`}`);
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
    this.right = right;
  }

  static ofAnswer(method: string, path: string, { status, body }: HttpAnswer): KubeError {
    let answer: unknown;
    try {
      answer = parseJson(body);
    } catch {
      answer = undefined;
    }
    return KubeError.ofStatus(method, path, answer, status);
  }

  /** A watch sends it as an event. */
  static ofStatus(method: string, path: string, answer: unknown, httpStatus?: number): KubeError {
    const fields = isFields(answer) ? answer : {};
    const status = httpStatus ?? (typeof fields['code'] === 'number' ? fields['code'] : 0);
    const reason = typeof fields['reason'] === 'string' ? fields['reason'] : (statusText(status) ?? 'without a reason');
    const message = typeof fields['message'] === 'string' ? fields['message'] : '';
    return new KubeError(`${method} ${path.split('?', 1)[0]}`, status, reason, message, askedRight(method, path));
  }
}

export function isAbsence(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/** Whether the object was replaced or has changed. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.status === 409;
}

/** Whether the resource version is too old. */
export function isExpired(error: unknown): boolean {
  return error instanceof KubeError && error.status === 410;
}

/**
 * Whether a policy, a quota or a webhook refuses what authorizers allow; they choose any status of 4xx. Authorizers say who
 * cannot do what.
 */
export function isAdmissionRefusal({ status, message }: KubeError): boolean {
  return status >= 400 && status < 500 && admission.test(message);
}

const admission =
  /\badmission webhook "[^"]*" denied\b|\bAdmissionPolicy '[^']*'.* denied\b|\bis forbidden: (?!User ")/;

/** Whether a webhook of the cluster could not be asked, which fails what it watches over. */
export function isWebhookFailure({ status, message }: KubeError): boolean {
  return status >= 500 && /\bfailed calling webhook\b/.test(message);
}
