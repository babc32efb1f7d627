import { join } from 'node:path';
import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import type { EngineTls } from './engine.ts';

/**
 * The layout of DOCKER_CERT_PATH and contexts.
 * @throws UsageError if a file is missing: testcontainers reads all three
 */
export function tlsFrom(folder: string, source: string): EngineTls {
  const file = (name: string) => {
    try {
      return readBoundedText(join(folder, name));
    } catch (error) {
      throw new UsageError(
        [
          `${source}: expected ca.pem, cert.pem and key.pem in ${folder}, but ${name} can't be read (${whyUnreadable(error)})`,
        ],
        { cause: error },
      );
    }
  };
  return { folder, ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}
