import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { User } from './configuration.ts';
import { readBody } from './exchange.ts';
import { page } from './pages.ts';

export async function login(
  provider: Provider,
  users: readonly User[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    showForm(response, 200, '');
    return;
  }
  const form = new URLSearchParams(await readBody(request));
  const user = users.find(({ username }) => username === form.get('username'));
  if (user === undefined || user.password !== form.get('password')) {
    showForm(response, 401, '<p role="alert">Invalid username or password.</p>');
    return;
  }
  // The code was just confirmed, so nothing else is asked.
  await provider.interactionFinished(request, response, { login: { accountId: user.sub }, consent: {} });
}

function showForm(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(
    page(
      'Log in',
      `${message}
<form id="login" method="post">
<label>Username <input name="username" autocomplete="username" autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button type="submit">Log in</button>
</form>`,
    ),
  );
}
