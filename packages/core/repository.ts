import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that contains these sources. */
export const repositoryRoot = path.resolve(fileURLToPath(new URL('../../', import.meta.url)));
