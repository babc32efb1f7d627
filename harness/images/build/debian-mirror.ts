import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../process/run.ts';

const fallback = 'http://deb.debian.org/debian';

/** The Debian mirror that this machine's apt is configured with, since it is the one that is known to be reachable. */
export async function hostMirror(folder = '/etc/apt'): Promise<string> {
  const parts = await readdir(join(folder, 'sources.list.d')).catch(() => []);
  const files = ['sources.list', ...parts.toSorted().map((name) => join('sources.list.d', name))];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8').catch(() => '')));
  return mirrorIn(texts.join('\n')) ?? fallback;
}

/** The first address of a Debian archive in apt's sources, of either format; not of its security archive. */
export function mirrorIn(sources: string): string | undefined {
  return sources
    .split('\n')
    .filter((line) => /^\s*(URIs:|deb\s)/.test(line))
    .flatMap((line) => line.match(/https?:\/\/\S+/g) ?? [])
    .map((uri) => uri.replace(/\/$/, ''))
    .find((uri) => uri.endsWith('/debian'));
}

/** Proxies of this machine's apt, as apt takes them on its command line. */
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
