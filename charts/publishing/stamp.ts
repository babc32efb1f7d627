import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import semver from 'semver';
import { parseDocument } from 'yaml';

export interface ChartStamp {
  readonly version: string;
  readonly appVersion: string;
}

const shortestSha = 7;

/**
 * `0.1.YYYYMMDD-<short-sha>` on main, `<x.y.z>` for a tag `v<x.y.z>`; appVersion is the commit (seed, "Version
 * stamping").
 *
 * @throws Error for any other ref, and for a tag that isn't a version
 */
export function stampOf(ref: string, sha: string, now: Date): ChartStamp {
  if (!/^[0-9a-f]{40}$/.test(sha)) {
    throw new Error(`expected a whole commit, got ${JSON.stringify(sha)}`);
  }
  const tag = /^refs\/tags\/v(.+)$/.exec(ref)?.[1];
  if (tag !== undefined) {
    if (semver.valid(tag) !== tag) {
      throw new Error(`expected a tag as v1.2.3, got ${JSON.stringify(ref)}`);
    }
    return { version: tag, appVersion: sha };
  }
  if (ref !== 'refs/heads/main') {
    throw new Error(`expected main or a v* tag, got ${JSON.stringify(ref)}`);
  }
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  return { version: `0.1.${day}-${shortSha(sha)}`, appVersion: sha };
}

/**
 * At least 7 characters, ending at a letter: an all-digit pre-release with a leading 0 is invalid (SemVer 2.0.0, 9),
 * others are ordered as numbers.
 */
function shortSha(sha: string): string {
  for (let length = shortestSha; length <= sha.length; length += 1) {
    const short = sha.slice(0, length);
    if (/[a-f]/.test(short)) {
      return short;
    }
  }
  return `g${sha}`;
}

/** Changes nothing else in Chart.yaml. */
export function stampChart(chart: string, { version, appVersion }: ChartStamp): string {
  const document = parseDocument(chart);
  document.set('version', version);
  document.set('appVersion', appVersion);
  return document.toString({ lineWidth: 0 });
}

/** `stamp.ts Chart.yaml --ref … --sha …` rewrites the file and prints `version=…`. */
if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { ref: { type: 'string' }, sha: { type: 'string' } },
    allowPositionals: true,
  });
  const [file = ''] = positionals;
  const stamp = stampOf(values.ref ?? '', values.sha ?? '', new Date());
  writeFileSync(file, stampChart(readFileSync(file, 'utf8'), stamp));
  process.stdout.write(`version=${stamp.version}\n`);
}
