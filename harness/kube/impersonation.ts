import { UsageError } from '../problem.ts';
import type { HeaderValues } from './credentials.ts';
import { type Fields, isFields, textOf } from './fields.ts';

/** Whom the server is to take us for, by `as`, `as-uid`, `as-groups` and `as-user-extra` of a kubeconfig's user. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** @throws UsageError where there is something to be taken for, and nobody */
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

/** The headers that say so, as client-go sends them. */
export function impersonationHeaders({ user, uid, groups, extra }: Impersonation): HeaderValues {
  return {
    'impersonate-user': onTheWire(user),
    ...(uid === undefined ? {} : { 'impersonate-uid': onTheWire(uid) }),
    ...(groups.length === 0 ? {} : { 'impersonate-group': groups.map(onTheWire) }),
    ...Object.fromEntries(
      Object.entries(extra)
        .filter(([, values]) => values.length > 0)
        .map(([key, values]) => [`impersonate-extra-${escapedKey(key)}`, values.map(onTheWire)]),
    ),
  };
}

/** No control characters but the tab. */
export function isHeaderValue(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  return !/[\x00-\x08\x0a-\x1f\x7f]/.test(text);
}

/** Node takes a header's characters for bytes; a name in UTF-8 goes out as Go sends it. */
function onTheWire(text: string): string {
  return Buffer.from(text.trim(), 'utf8').toString('latin1');
}

/** Bytes that a header's name can't hold, and the percent sign, are written as %XX. */
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
