import { dirname, join } from 'node:path';
import { migrateToHead } from './database/migrate.ts';
import { failureLine } from './database/migration-failure.ts';
import { migrationsIn } from './database/migrations.ts';
import { EnvironmentReader } from './settings/environment-reader.ts';
import { readDatabase } from './settings/settings.ts';
import { trustBundle } from './settings/trust-bundle.ts';

/** Runs as `python -m meho_backplane.db.migrate` in the image. */
async function main(script: string): Promise<void> {
  const reader = new EnvironmentReader(process.env);
  const database = readDatabase(reader);
  const bundle = reader.optional('SSL_CERT_FILE');
  try {
    if (database === undefined || reader.problems.length > 0) {
      throw new TypeError(reader.problems.join('; '));
    }
    if (bundle !== undefined) {
      trustBundle(bundle);
    }
    const migrations = migrationsIn(join(dirname(script), 'migrations'));
    await migrateToHead(database, migrations, (line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${failureLine(error, database?.password)}\n`);
    process.exitCode = 1;
  }
}

await main(process.argv[1] ?? '');
