import { lineSafe } from '@meho/core/redaction/line-safe';
import { runMigrationCompat } from '@meho/migration-lint/command/run-migration-compat';
import type { Standalone } from '../standalone.ts';

/** The migration lint's own command, under the published name. */
const command: Standalone = {
  name: 'migration-compat',
  run: (args, io) =>
    runMigrationCompat(args, { ...io, command: 'meho-acceptance migration-compat', safe: lineSafe(io.secrets) }),
};
export default command;
