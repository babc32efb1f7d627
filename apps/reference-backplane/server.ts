import { dirname, join } from 'node:path';
import { startBackplane } from './backplane.ts';
import { classOf } from './error-class.ts';
import { PROBE_NAMES, readSettings } from './settings/settings.ts';
import { trustBundle } from './settings/trust-bundle.ts';

/** The image's server; its migrations lie beside this file. */
async function main(script: string): Promise<void> {
  const result = readSettings(process.env);
  if (!result.ok) {
    refuseToStart(result.problems);
    return;
  }
  const { settings } = result;
  try {
    if (settings.trustBundle !== undefined) {
      trustBundle(settings.trustBundle);
    }
  } catch (error) {
    refuseToStart([`SSL_CERT_FILE: ${error instanceof Error ? error.message : String(error)}`]);
    return;
  }
  const backplane = await startBackplane({
    settings,
    migrationsFolder: join(dirname(script), 'migrations'),
    logger: { level: 'info', base: null },
  });
  const unprobed = PROBE_NAMES.filter((name) => !settings.readinessProbes.includes(name));
  const sinceStartMs = Math.round(performance.now());
  const { port } = backplane;
  say({ message: 'listening', port, sinceStartMs, ...settings.version, readinessNotProbed: unprobed });
  const stop = () => {
    void backplane.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function refuseToStart(problems: readonly string[]): void {
  process.stderr.write(problems.map((problem) => `configuration: ${problem}\n`).join(''));
  process.exitCode = 2;
}

function say(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ level: 30, time: Date.now(), ...line })}\n`);
}

try {
  await main(process.argv[1] ?? '');
} catch (error) {
  // E.g. the port is taken. Start-up messages hold no secrets.
  process.stderr.write(`start_failed: ${classOf(error)}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
