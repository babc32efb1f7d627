import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { aRun } from '@meho/core/report/testing/a-run';
import { quiet } from '@meho/core/report/testing/quiet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityViolations, startBrowser, type TestBrowser } from '../../testing/browser.ts';
import { readNights } from './nights.ts';
import { nightsPage } from './nights-page.ts';
import { runsOnDisk } from './testing/runs-on-disk.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser({ progress: quiet, signal: new AbortController().signal });
});
afterAll(() => browser?.[Symbol.asyncDispose]());

async function markup(): Promise<string> {
  await using runs = await runsOnDisk();
  const green = { outcome: 'passed', tally: { passed: 3, failed: 0, skipped: 1 }, tests: [] } as const;
  await runs.put('a', aRun({ startedAt: '2026-03-05T02:17:00.000Z', ...green }));
  await runs.put('b', aRun({ startedAt: '2026-03-06T02:17:00.000Z' }));
  await runs.putFile('2026-03-07-1/report.json', '{');
  await mkdir(path.join(runs.folder, '2026-03-08-2'));
  return nightsPage({
    ...readNights(runs.folder, { until: '2026-03-10', days: 31 }),
    today: '2026-03-10',
    madeAt: '2026-03-10T03:00:00.000Z',
    linkTo: ({ name }) => `${name}/report.html`,
  });
}

test.each(['light', 'dark'] as const)('is accessible in the %s scheme, and asks for nothing', async (colorScheme) => {
  const { page, complaints, requests } = await browser.open(await markup());
  await page.emulateMedia({ colorScheme });
  expect(await accessibilityViolations(page)).toEqual([]);
  expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
  await page.context().close();
});

test('has a row a night, newest first, each with its date, its state in words and its report', async () => {
  const { page } = await browser.open(await markup());
  const table = page.getByRole('table', { name: /^Each night from 2026-03-05 to 2026-03-10, newest first/ });
  const cells = await table
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [row.querySelector('th[scope=row] time')?.textContent, row.querySelector('td')?.textContent]),
    );
  expect(cells).toEqual([
    ['2026-03-10', '… not yet'],
    ['2026-03-09', '– missing'],
    ['2026-03-08', '? no verdict'],
    ['2026-03-07', '? unreadable'],
    ['2026-03-06', '✗ failed'],
    ['2026-03-05', '✓ passed'],
  ]);
  expect(await page.getByRole('link', { name: 'report of 2026-03-06' }).getAttribute('href')).toBe('b/report.html');
  await page.context().close();
});
