import { Problem } from '@meho/core/problem';
import type { Credentials } from '../device-login.ts';
import { FormBrowser, type Reach } from '../form-browser.ts';

/** Words of Keycloak's own pages in English, its default. */
const granted = 'Device Login Successful';
const question = 'Do you grant these access privileges?';

/**
 * The person's part of a device login: logs in, and answers the consent that a device is always asked for.
 * @throws Problem with the page's message if refused
 */
export async function approveAtKeycloak(
  verificationUriComplete: string,
  { username, password }: Credentials,
  reach: Reach,
  answer: 'accept' | 'cancel' = 'accept',
): Promise<void> {
  const browser = new FormBrowser(verificationUriComplete, reach);
  await browser.open();
  await browser.submit({ username, password });
  expectPage(browser, question, username);
  await browser.submit({ [answer]: '' });
  expectPage(browser, answer === 'accept' ? granted : 'Consent denied', username);
}

function expectPage(browser: FormBrowser, words: string, username: string): void {
  if (browser.status !== 200 || !browser.text.includes(words)) {
    throw new Problem({
      expected: `Keycloak to say "${words}" to ${username}`,
      observed: `the page (status ${browser.status}) says: ${browser.text.slice(0, 300)}`,
      next: "compare username and password with the realm's users, then read Keycloak's log",
    });
  }
}
