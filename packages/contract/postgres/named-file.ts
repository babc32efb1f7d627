import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { PostgresUriError } from './uri.ts';

/** @throws PostgresUriError that names the parameter, not the file */
export function readNamed(file: string, parameter: string): string {
  try {
    return readBoundedText(file);
  } catch (error) {
    throw new PostgresUriError(`the file of ${parameter} can't be read: ${whyUnreadable(error)}`, { cause: error });
  }
}
