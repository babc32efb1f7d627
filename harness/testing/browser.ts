import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Progress } from '@meho/core/report/progress';
import { commandPath, ensureCommands } from '@meho/images/engine/debian';
import type { Result as AxeResult } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

export interface OpenPage {
  readonly page: Page;
  /** Console errors and warnings, exceptions, content security policy violations. */
  readonly complaints: readonly string[];
  /** Requests to anything else; all are blocked. */
  readonly requests: readonly string[];
}

export interface TestBrowser extends AsyncDisposable {
  /** Opens it without network, like a file on disk. */
  open(markup: string): Promise<OpenPage>;
}

/** Without any of these, Debian's smallest is installed. */
const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const address = 'http://page.example/';
const startDeadlineMs = 30_000;

/** @throws Problem if there is none and none can be installed */
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

/** Checks WCAG 2.2 AA and axe's best practices. */
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
