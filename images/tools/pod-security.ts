import { type EnsureToolOptions, ensureProgram } from './ensure-tool.ts';

/** The API servers' own code for pods at level `restricted`. */
interface PolicyProgram {
  readonly moduleFolder: string;
  readonly versions: readonly string[];
}

/** Two, because policies of 1.28 and 1.29 don't compile with later types. */
export const policyPrograms: readonly PolicyProgram[] = [
  { moduleFolder: 'tools/pod-security/up-to-1.29', versions: ['1.28', '1.29'] },
  {
    moduleFolder: 'tools/pod-security/from-1.30',
    versions: ['1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36', '1.37'],
  },
];

/** In the same order. Each reads a JSON list of pods and writes `{version: refusal}` for each. */
export async function ensurePolicyPrograms(options: Omit<EnsureToolOptions, 'searchPath'>): Promise<readonly string[]> {
  const built: string[] = [];
  for (const { moduleFolder, versions } of policyPrograms) {
    const name = `PodSecurity of ${versions[0]} to ${versions.at(-1)}`;
    built.push(await ensureProgram(name, { moduleFolder, package: '.', ldflags: '-s -w' }, options));
  }
  return built;
}
