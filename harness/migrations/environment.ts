/** What the `env.py` beside a migration says about how Alembic runs it; what it leaves open is undefined. */
export interface Environment {
  /** `other`: one that takes several statements in one call, such as psycopg. */
  readonly driver: 'asyncpg' | 'other' | undefined;
  /** `transaction_per_migration=True`: each revision is committed before the next one starts. */
  readonly transactionPerMigration: boolean;
}

/** Alembic's defaults. */
export const plainEnvironment: Environment = { driver: undefined, transactionPerMigration: false };
