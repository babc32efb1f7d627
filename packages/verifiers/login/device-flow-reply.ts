import type { HttpAnswer } from '@meho/core/http/exchange';

export interface Reply extends HttpAnswer {
  readonly isObject: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
  /** RFC 6749, 5.2. */
  readonly error: string | undefined;
  /** Safe to show: status, error and description, or what came instead. */
  readonly seen: string;
  /** Short, without secrets. */
  readonly safe: (text: string) => string;
}

/** A sentence, without hiding what follows. */
const LONGEST_TEXT = 200;
const SECRET_FIELDS = ['device_code', 'code_verifier', 'access_token', 'refresh_token', 'id_token'];

export function replyOf(answer: HttpAnswer, url: URL, form: Readonly<Record<string, string>> | undefined): Reply {
  const object = objectOf(answer.body);
  const fields = object ?? {};
  const safe = safeText([form ?? {}, fields]);
  const error = typeof fields['error'] === 'string' && isWord(fields['error']) ? fields['error'] : undefined;
  return {
    ...answer,
    isObject: object !== undefined,
    fields,
    error,
    seen: seenOf({ answer, url, fields, isObject: object !== undefined, error, safe }),
    safe,
  };
}

/** Undefined if not a number. */
export function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
}

function objectOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // No JSON, no fields: their readers report it.
    return undefined;
  }
}

function isWord(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]{0,59}$/.test(text);
}

interface Sight extends Pick<Reply, 'fields' | 'isObject' | 'error' | 'safe'> {
  readonly answer: HttpAnswer;
  readonly url: URL;
}

/** Shows field names only: values may be codes and tokens. */
function seenOf({ answer: { status, headers, body }, url, fields, isObject, error, safe }: Sight): string {
  const { location } = headers;
  if (status >= 300 && status < 400 && location !== undefined) {
    const target = URL.parse(location, url.href);
    return `${status}, a redirect to ${target === null ? 'no URL' : safe(target.origin + target.pathname)}`;
  }
  if (!isObject) {
    const type = headers['content-type']?.split(';')[0]?.trim();
    return `${status} with ${body === '' ? 'an empty body' : type === undefined || /json/i.test(type) ? 'a body that is no JSON object' : `${safe(type)} instead of JSON`}`;
  }
  const { error_description: description } = fields;
  if (error !== undefined) {
    return `${status} ${error}${typeof description === 'string' && description !== '' ? ` ("${safe(description)}")` : ''}`;
  }
  if (typeof fields['error'] === 'string' && fields['error'] !== '') {
    return `${status} "${safe(fields['error'])}"`;
  }
  const names = Object.keys(fields).map((name) => (isWord(name) ? name : '?'));
  return `${status} with the fields ${names.length === 0 ? 'none' : clip(names.join(', '))}`;
}

function safeText(holders: readonly Readonly<Record<string, unknown>>[]): (text: string) => string {
  const secrets = holders
    .flatMap((holder) => SECRET_FIELDS.map((name) => holder[name]))
    .filter((value) => typeof value === 'string')
    .filter((value) => value.length > 3);
  return (text) => {
    const known = secrets.reduce((so, secret) => so.replaceAll(secret, '[secret]'), text.slice(0, 10_000));
    return clip(
      known
        .slice(0, 2000)
        .replace(/eyJ[\w-]*(\.[\w-]*)*/g, '[secret]')
        // Hides the operator; in a URL it would be a password.
        .replace(/[^\s"'<>(),;:/@]*(:[^\s"'<>(),;/@]*)?@[\w-]+(\.[\w-]+)*/g, '[mail]')
        // A token of unknown shape is still a long word.
        .replace(/[\w-]{40,}/g, '[secret]')
        .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
        // A runner command anywhere in a line.
        .replaceAll('##[', '## [')
        .trim(),
    );
  };
}

function clip(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
