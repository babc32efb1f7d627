import { parseArgs } from 'node:util';
import { untilServed } from './attempts.ts';
import { given, hostOf, Misuse, passwordFromStdin, programDeadlineMs, runStep, shapes } from './step.ts';

const issuer = 'https://token.actions.githubusercontent.com';

/**
 * `sign.ts HOST/OWNER/CHART@DIGEST --identity REGEXP [--username NAME]` signs as the workflow that it runs in, without a key, and
 * verifies that. `--key FILE --public-key FILE` sign with a key and without a transparency log; COSIGN_PASSWORD is its password.
 * `--verify-only` signs nothing.
 */
if (import.meta.main) {
  await runStep(async () => {
    const { values, positionals } = parseArgs({
      options: {
        identity: { type: 'string' },
        key: { type: 'string' },
        'public-key': { type: 'string' },
        username: { type: 'string' },
        'verify-only': { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const reference = given('what to sign', positionals[0], shapes.pinned);
    const options = { deadlineMs: programDeadlineMs };
    const { identity, key } = values;
    const publicKey = values['public-key'];
    if ((identity === undefined) === (publicKey === undefined)) {
      throw new Misuse('expected either --identity or --public-key');
    }
    if (values.username !== undefined) {
      const username = given('--username', values.username, shapes.user);
      const login = ['login', hostOf(reference), '--username', username, '--password-stdin'];
      await untilServed(hostOf(reference), 'cosign', login, { ...options, stdin: await passwordFromStdin() });
    }
    if (!values['verify-only']) {
      const how = key === undefined ? [] : ['--key', key, '--use-signing-config=false', '--tlog-upload=false'];
      await untilServed(reference, 'cosign', ['sign', '--yes', ...how, reference], options);
    }
    const by =
      publicKey === undefined
        ? ['--certificate-identity-regexp', identity ?? '', '--certificate-oidc-issuer', issuer]
        : ['--key', publicKey, '--insecure-ignore-tlog=true'];
    await untilServed(reference, 'cosign', ['verify', ...by, reference], options);
  });
}
