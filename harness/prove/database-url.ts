import type { ProveContext } from './story.ts';

/** The site's database for a verifier on this machine, in the form in which the backplane takes it. */
export function databaseUrl({ installed }: Pick<ProveContext, 'installed'>): string {
  return asyncpg(installed.site.database.urlFromTests());
}

export function asyncpg(url: string): string {
  return url.replace(/^postgresql:/, 'postgresql+asyncpg:');
}
