import path from 'node:path';
import { readBoundedText } from '../bounded-file.ts';
import { UsageError } from '../problem.ts';
import { type Entry, textOf } from './fields.ts';

/**
 * What a member of an entry names: the text of its `…-data` member, or of the file that the plain one names.
 *
 * @returns undefined where there is neither, and an empty text for an empty file
 * @throws UsageError where both are there, as kubectl has it, or where the file can't be read
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
 * The text of a file that a member names, relative to the kubeconfig's folder.
 *
 * @throws UsageError that doesn't name the file: who puts a token or a key where its file belongs would see it printed
 */
export function textOfFile({ fields, folder }: Entry, member: string, where: string): string {
  try {
    return readBoundedText(path.resolve(folder, textOf(fields, member)));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error';
    const what = code === 'ENOENT' ? 'there is none (ENOENT)' : `it can't be read (${code})`;
    throw new UsageError([
      `${where}: ${member}: expected a file, absolute or in the kubeconfig's folder ${folder}, but ${what}`,
    ]);
  }
}
