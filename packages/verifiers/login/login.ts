import {
  defaulted,
  Invalid,
  optional,
  readFlags,
  required,
  toggle,
  type ValuesOf,
} from '@meho/core/command-line/flags';
import { BrokenOff } from '@meho/core/command-line/interrupted';
import { asksForHelp, usage } from '@meho/core/command-line/usage';
import { anyText, wholeSeconds } from '@meho/core/command-line/values';
import { readNetworkEnvironment } from '@meho/core/config/network';
import { routeAsInCurl } from '@meho/core/http/curl-route';
import { Hiccups } from '@meho/core/http/hiccups';
import { messageOf, UsageError } from '@meho/core/problem';
import { lineSafe } from '@meho/core/redaction/line-safe';
import { NETWORK_ENVIRONMENT } from '../flags/network-environment.ts';
import { address, caFile, httpUrl } from '../flags/values.ts';
import type { Standalone, StandaloneIo } from '../standalone.ts';
import { askForCode, awaitToken, patienceMs } from './device-flow.ts';
import type { DeviceClient } from './device-flow-issuer.ts';
import { explanation, invitation } from './login-lines.ts';

export const loginFlags = {
  issuer: required('URL', "the issuer, as in the tokens' iss", issuerUrl),
  'client-id': required('ID', 'public client whose device flow is used', anyText('a client id')),
  cacert: optional('FILE', 'trust the certificates in this PEM file instead of the system roots', caFile),
  'connect-to': optional('HOST:PORT', 'open connections to the issuer at this address', address),
  timeout: defaulted(
    'SECONDS',
    'how long the person may take, where the code is good for longer',
    wholeSeconds(1, 3600),
    300,
  ),
  'request-timeout': defaulted(
    'SECONDS',
    'how long one answer may take, asking again included',
    wholeSeconds(1, 600),
    10,
  ),
  'show-token': toggle('print the token even where standard output is a terminal'),
};

const summary = `Logs an operator in by the device flow: prints a link and a code on standard error, waits until they are confirmed in
a browser, and prints the access token on standard output: export MEHO_ACCESS_TOKEN="$(meho-acceptance login …)". Where
standard output is a terminal the token is not printed, because terminals keep what they show.`;

const environment = NETWORK_ENVIRONMENT;
const exitCodes = '0 logged in, 1 no login came about, 2 it could not run as asked';

/** `meho-acceptance login`. @returns 0 logged in, 1 no login, 2 could not run as asked */
export async function runLogin(argv: readonly string[], io: StandaloneIo): Promise<0 | 1 | 2> {
  const safe = lineSafe(io.secrets);
  const say = (line: string) => io.err(`${safe(line)}\n`);
  if (asksForHelp(argv)) {
    io.out(usage({ command: 'meho-acceptance login', summary, flags: loginFlags, environment, exitCodes }));
    return 0;
  }
  const hiccups = new Hiccups();
  const withHiccups = (line: string) => (hiccups.line === undefined ? line : `${line}; ${hiccups.line}`);
  try {
    const values = read(argv);
    const client = clientOf(values, io.signal);
    io.progress?.begin();
    const { accessToken, doubt } = await hiccups.during(async () => {
      const code = await askForCode(client);
      const withinMs = patienceMs(code, values.timeout * 1000);
      say(invitation(code, withinMs));
      return awaitToken(client, code, values.timeout * 1000);
    });
    if (doubt !== undefined) {
      say(`[WARN] login: ${doubt}`);
    }
    if (io.outIsTerminal && !values['show-token']) {
      say(withHiccups('[ok] logged in; the token is not shown on a terminal: use $(…), a pipe or --show-token'));
    } else {
      say(withHiccups('[ok] logged in'));
      io.out(`${accessToken}\n`);
    }
    return 0;
  } catch (error) {
    if (io.signal.aborted) {
      say(`error: ${messageOf(io.signal.reason)}: no login`);
      return io.signal.reason instanceof BrokenOff ? (io.progress?.brokenCode ?? 2) : 2;
    }
    if (error instanceof UsageError) {
      for (const problem of error.problems) {
        say(`error: ${problem}`);
      }
      say('`meho-acceptance login --help` lists the flags');
      return 2;
    }
    say(withHiccups(`[FAIL] login: ${explanation(error)}`));
    return 1;
  }
}

const command: Standalone = { name: 'login', run: runLogin };
export default command;

/** @throws UsageError with every problem */
function read(argv: readonly string[]): ValuesOf<typeof loginFlags> {
  const { values, problems } = readFlags(loginFlags, argv);
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  // All values are present if there are no problems.
  return values as ValuesOf<typeof loginFlags>;
}

function clientOf(values: ValuesOf<typeof loginFlags>, signal: AbortSignal): DeviceClient {
  const network = readNetworkEnvironment();
  return {
    issuer: values.issuer,
    clientId: values['client-id'],
    deadlineMs: values['request-timeout'] * 1000,
    signal,
    routeTo: (url) => routeAsInCurl(url, network, values.cacert?.certificates),
    ...(values['connect-to'] === undefined ? {} : { connectTo: values['connect-to'] }),
  };
}

/** Requires https, because codes and tokens must only travel encrypted. */
function issuerUrl(text: string): URL | Invalid {
  const url = httpUrl(text);
  return url instanceof URL && url.protocol !== 'https:'
    ? new Invalid('an https URL, e.g. https://keycloak.example.org/realms/meho')
    : url;
}
