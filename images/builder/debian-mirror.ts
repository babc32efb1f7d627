import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@meho/core/process/run';

const fallback = 'http://deb.debian.org/debian';

/** Apt's configured mirror is known to be reachable. */
export async function hostMirror(folder = '/etc/apt'): Promise<string> {
  const parts = await readdir(join(folder, 'sources.list.d')).catch(() => []);
  const files = ['sources.list', ...parts.toSorted().map((name) => join('sources.list.d', name))];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8').catch(() => '')));
  return mirrorIn(texts.join('\n')) ?? fallback;
}

/** In either format of apt's sources; skips the security archive. */
export function mirrorIn(sources: string): string | undefined {
  return sources
    .split('\n')
    .filter((line) => /^\s*(URIs:|deb\s)/.test(line))
    .flatMap((line) => line.match(/https?:\/\/\S+/g) ?? [])
    .map((uri) => uri.replace(/\/$/, ''))
    .find((uri) => uri.endsWith('/debian'));
}

/** Returned as apt's command line arguments. */
export async function hostProxies(signal: AbortSignal): Promise<readonly string[]> {
  const dump = await run('apt-config', ['dump'], { timeoutMs: 10_000, signal });
  return proxiesIn(dump.stdout);
}

export function proxiesIn(dump: string): readonly string[] {
  return dump
    .split('\n')
    .map((line) => line.replace(/;\s*$/, ''))
    .filter((line) => /^Acquire::https?::Proxy\S* ".+"/.test(line));
}
