import path from 'node:path';
import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { type Entry, textOf } from '../api/fields.ts';

/**
 * Reads `…-data`, or the file that the member names.
 * @returns undefined if neither is set, empty for an empty file @throws UsageError if both are set, as in kubectl, or
 * the file is unreadable
 */
export function fileOrData(entry: Entry, member: string, where: string): string | undefined {
  const data = textOf(entry.fields, `${member}-data`);
  if (data === '') {
    return textOf(entry.fields, member) === '' ? undefined : textOfFile(entry, member, where);
  }
  if (textOf(entry.fields, member) !== '') {
    throw new UsageError([`${where}: ${member} and ${member}-data are both there; leave one of them out`]);
  }
  return Buffer.from(data, 'base64').toString('utf8');
}

/**
 * Takes paths relative to the kubeconfig.
 * @throws UsageError without the file's name, which may be a misplaced token or key
 */
export function textOfFile({ fields, folder }: Entry, member: string, where: string): string {
  try {
    return readBoundedText(path.resolve(folder, textOf(fields, member)));
  } catch (error) {
    throw new UsageError([
      `${where}: ${member}: expected a file, absolute or in the kubeconfig's folder ${folder}, but ${whyUnreadable(error)}`,
    ]);
  }
}

const FILE_MEMBERS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** What a cluster or a user names. */
export function filesOf({ fields, folder }: Entry): readonly string[] {
  return FILE_MEMBERS.map((member) => textOf(fields, member))
    .filter((file) => file !== '')
    .map((file) => path.resolve(folder, file));
}
