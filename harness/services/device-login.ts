import { exchange } from '@meho/core/http/exchange';
import { Problem } from '@meho/core/problem';
import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import { loginSucceeded } from '@meho/images/recipes/openid/program/pages';
import { FormBrowser, type Reach } from './form-browser.ts';

/** RFC 8628, 3.2. */
export interface DeviceAuthorization {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUriComplete: string;
  readonly tokenEndpoint: string;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const deadlineMs = 10_000;

/** The tool's first half: requests a code for a person to confirm. */
export async function authorizeDevice(issuer: string, clientId: string, reach: Reach): Promise<DeviceAuthorization> {
  const discovery = await ask(new URL(`${issuer}/.well-known/openid-configuration`), undefined, reach);
  const tokenEndpoint = text(discovery.fields, 'token_endpoint');
  const { status, fields } = await ask(
    new URL(text(discovery.fields, 'device_authorization_endpoint')),
    { client_id: clientId, scope: 'openid profile email' },
    reach,
  );
  if (status !== 200) {
    throw unexpected('a device code', status, fields);
  }
  return {
    deviceCode: text(fields, 'device_code'),
    userCode: text(fields, 'user_code'),
    verificationUriComplete: text(fields, 'verification_uri_complete'),
    tokenEndpoint,
  };
}

/**
 * The person's part: opens the link, confirms the code, logs in.
 * @throws Problem with the page's message if refused
 */
export async function approveDevice(verificationUri: string, credentials: Credentials, reach: Reach): Promise<void> {
  const browser = new FormBrowser(verificationUri, reach);
  await browser.open();
  // The first form submits the link's code, the second confirms it.
  await browser.submit();
  await browser.submit();
  if (browser.asksFor('password')) {
    const { username, password } = credentials;
    await browser.submit({ username, password });
  }
  if (browser.status !== 200 || !browser.text.includes(loginSucceeded)) {
    throw new Problem({
      expected: `the device login of ${credentials.username} to succeed`,
      observed: `the page (status ${browser.status}) says: ${browser.text.slice(0, 200)}`,
      next: "compare username and password with the provider's users, then read its log",
    });
  }
}

/** The tool's second half: polls until approved. */
export async function awaitToken(device: DeviceAuthorization, clientId: string, reach: Reach): Promise<string> {
  return waitFor(
    'the token of a device login',
    async () => {
      const { status, fields } = await ask(
        new URL(device.tokenEndpoint),
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          device_code: device.deviceCode,
          client_id: clientId,
        },
        reach,
      );
      if (status === 200) {
        return holds(text(fields, 'access_token'));
      }
      const error = String(fields['error']);
      return error === 'authorization_pending' || error === 'slow_down' ? notYet(error) : never(error);
    },
    { deadlineMs },
  );
}

type Fields = Readonly<Record<string, unknown>>;

async function ask(
  url: URL,
  form: Readonly<Record<string, string>> | undefined,
  { ca, connectTo }: Reach,
): Promise<{ status: number; fields: Fields }> {
  const answer = await exchange({
    url,
    ...(form === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(form).toString(),
        }),
    tls: { ca: [ca] },
    connectTo,
    deadlineMs,
  });
  const fields: unknown = JSON.parse(answer.body);
  return { status: answer.status, fields: typeof fields === 'object' && fields !== null ? { ...fields } : {} };
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') {
    throw unexpected(`a field ${name}`, 200, fields);
  }
  return value;
}

/** Shows only field names: values may be codes and tokens. */
function unexpected(expected: string, status: number, fields: Fields): Problem {
  const error = typeof fields['error'] === 'string' ? ` (${fields['error']})` : '';
  return new Problem({
    expected: `the provider to answer with ${expected}`,
    observed: `status ${status}${error}, fields ${Object.keys(fields).join(', ') || 'none'}`,
    next: "read the provider's log",
  });
}
