import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { untilServed } from './attempts.ts';
import { digestIn } from './push.ts';
import { Refusal } from './refusal.ts';
import { given, programDeadlineMs, runStep, shapes } from './step.ts';

/** Where helm and the libraries below it look for logins. */
const carriesLogins = /^(?:HELM_|XDG_|DOCKER_|REGISTRY_AUTH_FILE$)/;

/** Of nobody: no login, cache or setting that another one left on this machine. */
export function scrubbed(env: NodeJS.ProcessEnv, nobody: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !carriesLogins.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: nobody,
    DOCKER_CONFIG: nobody,
    HELM_REGISTRY_CONFIG: path.join(nobody, 'registry.json'),
  };
}

/** `pull.ts oci://HOST/OWNER/CHART --version V --digest D` pulls as anybody could, and shows what was published. */
if (import.meta.main) {
  await runStep(async () => {
    const { values, positionals } = parseArgs({
      options: { version: { type: 'string' }, digest: { type: 'string' } },
      allowPositionals: true,
    });
    const chart = given('what to pull', positionals[0], shapes.registry);
    const version = given('--version', values.version, shapes.version);
    const digest = given('--digest', values.digest, shapes.digest);
    const nobody = await mkdtemp(path.join(tmpdir(), 'meho-pull-'));
    try {
      // biome-ignore lint/style/noProcessEnv: it runs where nothing is installed, and gives helm all but logins
      const options = { env: scrubbed(process.env, nobody), deadlineMs: programDeadlineMs };
      const pulling = ['pull', chart, '--version', version, '--destination', nobody];
      const pulled = digestIn(await untilServed(`${chart}:${version}`, 'helm', pulling, options));
      if (pulled !== digest) {
        throw new Refusal(
          'tampered',
          `${chart}:${version}`,
          `digest ${pulled ?? 'untold'}, and ${digest} was published`,
        );
      }
      const name = path.posix.basename(chart);
      const archive = path.join(nobody, `${name}-${version}.tgz`);
      const shown = await untilServed(archive, 'helm', ['show', 'chart', archive], options);
      if (!new RegExp(`^version: "?${version.replaceAll('.', '\\.')}"?$`, 'm').test(shown)) {
        throw new Refusal('tampered', `${chart}:${version}`, 'a chart that says another version');
      }
      process.stdout.write(`${chart}:${version}@${digest}\n`);
    } finally {
      await rm(nobody, { recursive: true, force: true });
    }
  });
}
