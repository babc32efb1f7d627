import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UsageError } from '../problem.ts';
import type { EngineTls } from './engine.ts';

/**
 * TLS by a folder, as DOCKER_CERT_PATH and a context's folder have it.
 *
 * @throws UsageError where one of the three files is missing: testcontainers reads them all
 */
export function tlsFrom(folder: string, source: string): EngineTls {
  const file = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      throw new UsageError(
        [
          `${source}: expected ca.pem, cert.pem and key.pem in ${folder}, but ${name} can't be read (${messageOf(error)})`,
        ],
        { cause: error },
      );
    }
  };
  return { folder, ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') };
}
