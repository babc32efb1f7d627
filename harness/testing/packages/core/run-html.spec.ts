import { runHtml } from '@meho/core/report/run-html';
import { aPromise, aRun } from '@meho/core/report/testing/a-run';
import { quiet } from '@meho/core/report/testing/quiet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations, startBrowser, type TestBrowser } from '../../browser.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser({ progress: quiet, signal: new AbortController().signal });
});
afterAll(() => browser?.[Symbol.asyncDispose]());

const failed = aRun();
const { underTest, ...rest } = failed;
const ended = { how: 'broke off', during: 'images', why: 'expected an engine\n  seen none' } as const;
const nothingCameUp = { ...rest, tests: [], checks: [], phases: [], attachments: [], promises: [], ended };
const passed = aRun({
  outcome: 'passed',
  tally: { passed: 1, failed: 0, skipped: 0 },
  tests: failed.tests.slice(0, 1),
  promises: [aPromise()],
});
describe.each([
  ['a failed run', 'light', failed],
  ['a failed run', 'dark', failed],
  ['a green run', 'light', passed],
  ['a run that was interrupted', 'dark', aRun({ ended: { how: 'interrupted', why: 'SIGINT' } })],
  ['a run in which nothing came up', 'dark', nothingCameUp],
] as const)('%s in the %s scheme', (_, colorScheme, run) => {
  test('renders without a complaint, asks for nothing else, and is accessible', async () => {
    const { page, complaints, requests } = await browser.open(runHtml(run));
    await page.emulateMedia({ colorScheme });
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('MEHO acceptance');
    await page.locator('details').evaluateAll((all) => {
      for (const each of all) {
        each.setAttribute('open', '');
      }
    });
    expect(await accessibilityViolations(page)).toEqual([]);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    await page.context().close();
  });

  test('fits a phone: nothing scrolls sideways but tables of their own', async () => {
    const { page } = await browser.open(runHtml(run));
    await page.setViewportSize({ width: 390, height: 844 });
    const [needed, given] = await page.evaluate<readonly [number, number]>(
      '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
    );
    expect(needed).toBeLessThanOrEqual(given);
    await page.context().close();
  });
});

test('the verdict comes first, then promises, what failed and the rest; the time comes last and is folded', async () => {
  const { page } = await browser.open(runHtml(failed));
  const text = await page.locator('main').innerText();
  const order = [
    'Broken: Smoke and federation. 1 of 4 stories failed',
    'Since when',
    'Run next',
    'Upgrade and rollback',
    'k3s v1.34.4',
    'Look further',
    'Every test',
    'Where the time went',
  ];
  const places = order.map((words) => text.indexOf(words));
  expect(places).not.toContain(-1);
  expect(places.slice(2)).toEqual(places.slice(2).toSorted((a, b) => a - b));
  expect(text).not.toContain('undefined');
  expect(await page.getByText('as its tests want').count()).toBe(1);
  const links = await page.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(links.filter((link) => link !== null && !/^(?:#|file:|https:)/.test(link))).toEqual([
    'evidence/the%20chain%20reads%20vault',
    'network-policy/matrix.html',
    'evidence/the%20chain%20reads%20vault',
    'suites.junit.xml',
  ]);
  const bars = page.locator('.bar rect');
  expect(await bars.first().isVisible()).toBe(false);
  await page.getByText('3 phases in').click();
  const found = await bars.evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect()));
  // The third phase starts where the first ends.
  expect(found).toHaveLength(3);
  expect(found[2]?.x).toBeCloseTo((found[0]?.x ?? 0) + (found[0]?.width ?? 0), 0);
  await page.context().close();
});

test('as cards on a phone, promises are still a table for those who hear it', async () => {
  const { page } = await browser.open(runHtml(failed));
  await page.setViewportSize({ width: 390, height: 844 });
  const row = page.getByRole('row', { name: 'Smoke and federation' });
  expect(await row.getByRole('cell').count()).toBe(4);
  const label = await page.evaluate("getComputedStyle(document.querySelector('.tone-bad .named'), '::before').content");
  expect(label).toContain('What stands behind it');
  expect(await accessibilityViolations(page)).toEqual([]);
  await page.context().close();
});

test('the first screen of a laptop holds verdict, promises, what was under test and what is not proven', async () => {
  const { page } = await browser.open(runHtml(failed));
  const bottoms = await page
    .locator('.first, .promises, .pair')
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().bottom));
  expect(bottoms).toHaveLength(3);
  expect(Math.max(...bottoms)).toBeLessThanOrEqual(900);
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
