import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { untilServed } from './attempts.ts';
import { runProgram } from './program.ts';
import { Refusal, refusalOf } from './refusal.ts';
import { given, hostOf, Misuse, passwordFromStdin, programDeadlineMs, runStep, shapes } from './step.ts';

/** The one that helm tells, or undefined. */
export function digestIn(said: string): string | undefined {
  return /^Digest: (sha256:[0-9a-f]{64})\s*$/m.exec(said)?.[1];
}

/**
 * `push.ts CHART --to oci://HOST/OWNER --work FOLDER [--username NAME]` packages the chart, pushes it, and prints `digest=…`. With
 * a user the password is read from standard input, and helm is logged in.
 */
if (import.meta.main) {
  await runStep(async () => {
    const { values, positionals } = parseArgs({
      options: { to: { type: 'string' }, work: { type: 'string' }, username: { type: 'string' } },
      allowPositionals: true,
    });
    const [chart = ''] = positionals;
    const to = given('--to', values.to, shapes.registry);
    const work = given('--work', values.work, /^.+$/);
    const yaml = await readFile(path.join(chart, 'Chart.yaml'), 'utf8').catch((error: unknown) => {
      throw new Misuse(`expected the folder of a chart, got ${JSON.stringify(chart)}`, { cause: error });
    });
    const version = given('version in Chart.yaml', /^version: "?([^"\s]+)"?$/m.exec(yaml)?.[1], shapes.version);
    const name = given('name in Chart.yaml', /^name: (\S+)$/m.exec(yaml)?.[1], /^[a-z0-9-]+$/);
    const reference = `${to}/${name}:${version}`;
    const options = { deadlineMs: programDeadlineMs };
    if (values.username !== undefined) {
      const username = given('--username', values.username, shapes.user);
      const login = ['registry', 'login', hostOf(to), '--username', username, '--password-stdin'];
      await untilServed(hostOf(to), 'helm', login, { ...options, stdin: await passwordFromStdin() });
    }
    const packed = await runProgram('helm', ['package', chart, '--destination', work], options);
    if (!packed.succeeded) {
      throw refusalOf(chart, packed.said);
    }
    // One archive for all attempts: packaged again it would have another digest.
    const said = await untilServed(reference, 'helm', ['push', path.join(work, `${name}-${version}.tgz`), to], options);
    const digest = digestIn(said);
    if (digest === undefined) {
      throw new Refusal('unknown', reference, 'helm push told no digest: there is nothing to sign');
    }
    process.stdout.write(`digest=${digest}\n`);
  });
}
