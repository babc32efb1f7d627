import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations, startBrowser, type TestBrowser } from '../testing/browser.ts';
import { runHtml } from './run-html.ts';
import { aRun } from './testing/a-run.ts';
import { quiet } from './testing/quiet.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser({ progress: quiet, signal: new AbortController().signal });
});
afterAll(() => browser?.[Symbol.asyncDispose]());

const failed = aRun();
const { underTest, ...nothingCameUp } = aRun({ tests: [], checks: [], phases: [], attachments: [] });
const passed = aRun({ outcome: 'passed', tally: { passed: 2, failed: 0, skipped: 1 }, tests: failed.tests.slice(2) });

describe.each([
  ['a failed run', 'light', failed],
  ['a failed run', 'dark', failed],
  ['a green run', 'light', passed],
  ['a run in which nothing came up', 'dark', nothingCameUp],
] as const)('%s in the %s scheme', (_, colorScheme, run) => {
  test('renders without a complaint, asks for nothing else, and is accessible', async () => {
    const { page, complaints, requests } = await browser.open(runHtml(run));
    await page.emulateMedia({ colorScheme });
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('MEHO acceptance');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    await page.context().close();
  });
});

test('the verdict comes first, then what failed; the rest is there and links to its files', async () => {
  const { page } = await browser.open(runHtml(failed));
  const text = await page.locator('main').innerText();
  const order = [
    'Failed: 2 passed, 1 failed, 1 skipped',
    'expected true, got false',
    'Where the time went',
    'k3s v1.34.4',
  ];
  const places = order.map((words) => text.indexOf(words));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(text).not.toContain('undefined');
  expect(await page.getByText('as this test wants').count()).toBe(1);
  expect(await page.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
    'network-policy/matrix.html',
    'evidence/the%20chain%20reads%20vault',
    'suites.junit.xml',
  ]);
  const bars = await page.locator('.bar rect').evaluateAll((found) => found.map((bar) => bar.getBoundingClientRect()));
  // The picture says what the numbers do: the third phase begins where the first ends.
  expect(bars).toHaveLength(3);
  expect(bars[2]?.x).toBeCloseTo((bars[0]?.x ?? 0) + (bars[0]?.width ?? 0), 0);
  await page.context().close();
});

test('the keyboard sorts each table by itself, and numbers as numbers', async () => {
  const { page, complaints } = await browser.open(runHtml(failed));
  const took = page.locator('#tests').getByRole('columnheader', { name: 'Took' });
  await took.getByRole('button').focus();
  await page.keyboard.press('Enter');
  expect(await took.getAttribute('aria-sort')).toBe('ascending');
  const column = () => page.locator('#tests tbody td.number').allInnerTexts();
  expect(await column()).toEqual(['0.00 s', '0.90 s', '4.00 s', '12.0 s']);
  await page.keyboard.press('Space');
  expect(await column()).toEqual(['12.0 s', '4.00 s', '0.90 s', '0.00 s']);
  expect(await page.locator('#checks [aria-sort]').count()).toBe(0);
  await page.locator('#checks').getByRole('button', { name: 'Outcome' }).click();
  expect((await page.locator('#checks tbody td.word').allInnerTexts())[0]).toBe('holds');
  expect(complaints).toEqual([]);
  await page.context().close();
});
