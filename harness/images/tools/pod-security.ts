import { type EnsureToolOptions, ensureProgram } from './ensure-tool.ts';

/** What API servers of some versions have against pods at the level `restricted`, in their own code. */
interface PolicyProgram {
  readonly moduleFolder: string;
  /** Of the API servers, e.g. `1.34`. */
  readonly versions: readonly string[];
}

/** Two, because the policies of 1.28 and 1.29 don't compile with the types of later versions. */
export const policyPrograms: readonly PolicyProgram[] = [
  { moduleFolder: 'tools/pod-security/up-to-1.29', versions: ['1.28', '1.29'] },
  {
    moduleFolder: 'tools/pod-security/from-1.30',
    versions: ['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36', '1.37'],
  },
];

/** Paths of the programs, in the same order. Each reads pods as a list of JSON and writes `{version: refusal}` for each. */
export async function ensurePolicyPrograms(options: Omit<EnsureToolOptions, 'searchPath'>): Promise<readonly string[]> {
  const built: string[] = [];
  for (const { moduleFolder, versions } of policyPrograms) {
    const name = `PodSecurity of ${versions[0]} to ${versions.at(-1)}`;
    built.push(await ensureProgram(name, { moduleFolder, package: '.', ldflags: '-s -w' }, options));
  }
  return built;
}
