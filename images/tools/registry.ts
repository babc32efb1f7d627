import type { GoTarget } from '../builder/go-program.ts';
import { type EnsureToolOptions, ensureProgram } from './ensure-tool.ts';

/** The Distribution project's, with `htpasswd USER` to make its users. */
export const registryProgram = {
  moduleFolder: 'recipes/registry',
  package: '.',
  ldflags: '-s -w -X github.com/distribution/distribution/v3/version.version=v3.1.2',
} as const satisfies GoTarget;

/**
 * Built only for who starts a registry: no image and no run needs one.
 * @returns its path @throws Problem with the end of the log
 */
export function ensureRegistry(options: Omit<EnsureToolOptions, 'searchPath'>): Promise<string> {
  return ensureProgram('a registry', registryProgram, options);
}
