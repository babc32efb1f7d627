import { spawnSync } from 'node:child_process';
import { run } from '../../process/run.ts';

/** Only comparisons with curl need it. */
export const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** curl, Go and we take empty for unset. */
const nothingSet = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
    .flatMap((name) => [name, name.toLowerCase()])
    .concat('SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE')
    .map((name) => [name, '']),
);

/** Exit code 0 is an answer, 60 not trusted. */
export async function curl(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  const { exitCode, stdout } = await run('curl', ['--disable', '--silent', '--max-time', '10', ...args], {
    env: { ...nothingSet, ...env },
    timeoutMs: 20_000,
    acceptExitCodes: [5, 6, 7, 35, 52, 56, 60, 77, 97],
  });
  return { exitCode, stdout };
}
