import type { ReleaseContext } from './fault.ts';

/** The database URL as this machine reaches it. */
export function databaseUrl({ installed }: Pick<ReleaseContext, 'installed'>): string {
  return asyncpg(installed.target.database.urlFromTests());
}

export function asyncpg(url: string): string {
  return url.replace(/^postgresql:/, 'postgresql+asyncpg:');
}
