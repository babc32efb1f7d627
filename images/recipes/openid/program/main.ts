import { once } from 'node:events';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holds, waitFor } from '@meho/core/wait/wait-for';
import { type Configuration, completeMark, controlPort, folder, issuerPort } from './configuration.ts';
import { controlServer } from './control.ts';
import { Keyring } from './keyring.ts';
import { issuerServer } from './server.ts';

const dataFolder = '/var/lib/openid';
const patienceMs = 60_000;

/** The certificate holds the container's address, so it arrives after the start. */
async function waitForConfiguration(): Promise<void> {
  const mark = join(folder, completeMark);
  await waitFor(`${mark} to be copied here`, async () => holds(await access(mark)), {
    deadlineMs: patienceMs,
    intervalMs: 20,
  });
}

async function main(): Promise<void> {
  await waitForConfiguration();
  const [text, key, cert] = await Promise.all(
    ['configuration.json', 'tls.key', 'tls.crt'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  const configuration: Configuration = JSON.parse(text ?? '');
  await mkdir(dataFolder, { recursive: true });
  const keyring = await Keyring.open(join(dataFolder, 'keys.json'));
  const issuer = issuerServer(configuration, keyring, { key: key ?? '', cert: cert ?? '' }, log);
  const control = controlServer(configuration, keyring, async (retire) => {
    await keyring.rotate(retire);
    issuer.renew();
  });
  await Promise.all([
    once(issuer.server.listen(issuerPort), 'listening'),
    once(control.listen(controlPort), 'listening'),
  ]);
  log(`serving ${configuration.issuer}`);
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

// Process 1 has no default handlers.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => process.exit(0));
}

await main();
