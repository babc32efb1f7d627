import { UsageError } from '@meho/core/problem';
import { type Fields, isFields, textOf } from '../api/fields.ts';
import type { HeaderValues } from './credentials.ts';

export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** @throws UsageError without a user */
export function impersonationOf(fields: Fields, where: string): Impersonation | undefined {
  const user = textOf(fields, 'as');
  const uid = textOf(fields, 'as-uid');
  const groups = textsOf(fields['as-groups']);
  const named = fields['as-user-extra'];
  const extra = Object.fromEntries(
    Object.entries(isFields(named) ? named : {}).map(([key, values]) => [key, textsOf(values)]),
  );
  if (user === '') {
    const without = [
      ...(uid === '' ? [] : ['as-uid']),
      ...(groups.length === 0 ? [] : ['as-groups']),
      ...(Object.keys(extra).length === 0 ? [] : ['as-user-extra']),
    ];
    if (without.length > 0) {
      throw new UsageError([`${where}: ${without.join(', ')} without as: a user to impersonate is needed as well`]);
    }
    return undefined;
  }
  const values = [user, uid, ...groups, ...Object.values(extra).flat()];
  if (values.some((value) => !isHeaderValue(value))) {
    throw new UsageError([`${where}: what begins with as: expected no control characters`]);
  }
  return { user, ...(uid === '' ? {} : { uid }), groups, extra };
}

export function impersonationHeaders({ user, uid, groups, extra }: Impersonation): HeaderValues {
  return {
    'impersonate-user': onTheWire(user),
    ...(uid === undefined ? {} : { 'impersonate-uid': onTheWire(uid) }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups.map(onTheWire) }),
    ...extraHeaders(extra),
  };
}

/** Keys that differ in case alone are one header. */
function extraHeaders(extra: Impersonation['extra']): HeaderValues {
  const headers = new Map<string, string[]>();
  for (const [key, values] of Object.entries(extra).filter(([, each]) => each.length > 0)) {
    const name = `impersonate-extra-${escapedKey(key)}`.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), ...values.map(onTheWire)]);
  }
  return Object.fromEntries(headers);
}

export function isHeaderValue(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  return !/[\x00-\x08\x0a-\x1f\x7f]/.test(text);
}

/** Node sends one byte per character, so each UTF-8 byte becomes a character. */
function onTheWire(text: string): string {
  return Buffer.from(text.trim(), 'utf8').toString('latin1');
}

/** Writes as %XX what a header's name can't contain. */
function escapedKey(key: string): string {
  return [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}
