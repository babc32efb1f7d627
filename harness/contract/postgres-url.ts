/** Encryption for one attempt: none, without verification, or as the URL says with its certificates. */
export type Encryption = false | { readonly rejectUnauthorized: false } | undefined;

export interface PostgresUrl {
  /** For a Postgres driver, without SQLAlchemy's driver suffix. */
  readonly url: string;
  readonly encryption: Encryption;
  /** Goes on without encryption where the server speaks no TLS. */
  readonly plainToo: boolean;
}

/**
 * A DATABASE_URL as the backplane takes it: `postgresql://…` or `postgresql+asyncpg://…`, with encryption under asyncpg's
 * name `ssl` or libpq's `sslmode`. Both mean the same by it: nothing said is `prefer`, and `require` verifies nothing.
 *
 * @throws TypeError where it is not a URL
 */
export function postgresUrl(text: string): PostgresUrl {
  const url = new URL(text.replace(/^postgres(ql)?(\+[a-z0-9]+)?:/, 'postgresql:'));
  const mode = url.searchParams.get('ssl') ?? url.searchParams.get('sslmode') ?? 'prefer';
  url.searchParams.delete('ssl');
  url.searchParams.delete('sslmode');
  switch (mode) {
    case 'disable':
    case 'false':
      return { url: url.href, encryption: false, plainToo: false };
    case 'allow':
    case 'prefer':
      return { url: url.href, encryption: { rejectUnauthorized: false }, plainToo: true };
    case 'require':
    case 'true':
      return { url: url.href, encryption: { rejectUnauthorized: false }, plainToo: false };
    default:
      url.searchParams.set('sslmode', mode);
      url.searchParams.set('uselibpqcompat', 'true');
      return { url: url.href, encryption: undefined, plainToo: false };
  }
}
