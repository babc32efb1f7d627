import type { HttpAnswer } from '../http/exchange.ts';
import { statusText } from '../http/status-text.ts';
import { isFields } from './fields.ts';

/** The API server answered no. */
export class KubeError extends Error {
  /** HTTP status, e.g. 403. */
  readonly status: number;
  /** The API's reason word, e.g. `Forbidden`. */
  readonly reason: string;

  constructor(call: string, status: number, reason: string, message: string) {
    super(`${call}: ${status} ${reason}${message === '' ? '' : `: ${message}`}`);
    this.name = 'KubeError';
    this.status = status;
    this.reason = reason;
  }

  static ofAnswer(method: string, path: string, { status, body }: HttpAnswer): KubeError {
    let answer: unknown;
    try {
      answer = JSON.parse(body);
    } catch {
      answer = undefined;
    }
    return KubeError.ofStatus(method, path, answer, status);
  }

  /** From the API's Status object, which a watch sends as an event. */
  static ofStatus(method: string, path: string, answer: unknown, httpStatus?: number): KubeError {
    const fields = isFields(answer) ? answer : {};
    const status = httpStatus ?? (typeof fields['code'] === 'number' ? fields['code'] : 0);
    const reason = typeof fields['reason'] === 'string' ? fields['reason'] : (statusText(status) ?? 'without a reason');
    const message = typeof fields['message'] === 'string' ? fields['message'] : '';
    return new KubeError(`${method} ${path.split('?', 1)[0]}`, status, reason, message);
  }
}

/** Whether the server says that there is no such object. */
export function isAbsence(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/** Whether the server says that an object is another one, or in another state, than was taken for granted. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.status === 409;
}

/** Whether the server no longer knows the moment that it is asked about. */
export function isExpired(error: unknown): boolean {
  return error instanceof KubeError && error.status === 410;
}
