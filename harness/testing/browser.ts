import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Result as AxeResult } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { commandPath, ensureCommands } from '../engine/debian.ts';
import type { Progress } from '../report/progress.ts';

/** A page in a real browser, and everything that it complained about or wanted from elsewhere since it was opened. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, refusals of the page's own policy. */
  readonly complaints: readonly string[];
  /** Requests for anything but the page itself; none is let through. */
  readonly requests: readonly string[];
}

export interface TestBrowser extends AsyncDisposable {
  /** Opens a page of ours from its text, as a file on disk would be: without any network. */
  open(markup: string): Promise<OpenPage>;
}

/** Any of these does; Debian's smallest is installed where there is none. */
const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const address = 'http://page.example/';
const startDeadlineMs = 30_000;

/** Starts the machine's own browser. @throws Problem where there is none and none can be installed */
export async function startBrowser(options: {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}): Promise<TestBrowser> {
  const executablePath = await browserPath(options);
  const browser = await chromium.launch({ executablePath, timeout: startDeadlineMs, args: ['--disable-gpu'] });
  return {
    open: (markup) => open(browser, markup),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** WCAG 2.2 to level AA and axe's best practices: what is violated, by rule and element. */
export async function accessibilityViolations(page: Page): Promise<readonly string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  const violations: readonly AxeResult[] = await page.evaluate(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

async function browserPath(options: { readonly progress: Progress; readonly signal: AbortSignal }): Promise<string> {
  const found = await firstPath();
  if (found !== undefined) {
    return found;
  }
  const [smallest = ''] = browsers;
  await ensureCommands({ [smallest]: smallest }, options);
  const installed = await firstPath();
  if (installed === undefined) {
    throw new Error(`${smallest} was installed and is not there`);
  }
  return installed;
}

async function firstPath(): Promise<string | undefined> {
  const paths = await Promise.all(browsers.map(commandPath));
  return paths.find((each) => each !== undefined);
}

async function open(browser: Browser, markup: string): Promise<OpenPage> {
  const complaints: string[] = [];
  const requests: string[] = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  await page.route('**/*', (route) => {
    if (route.request().url() === address) {
      return route.fulfill({ body: markup, contentType: 'text/html; charset=utf-8' });
    }
    requests.push(route.request().url());
    return route.abort();
  });
  await page.goto(address, { waitUntil: 'load' });
  return { page, complaints, requests };
}
