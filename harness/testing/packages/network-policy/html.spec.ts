import { quiet } from '@meho/core/report/testing/quiet';
import type { Cell } from '@meho/network-policy/matrix';
import { documentOf } from '@meho/network-policy/report/document';
import { htmlOf } from '@meho/network-policy/report/html';
import { aCell, aDenial, aMatrix, aPod, aSource, aTarget, seen } from '@meho/network-policy/testing/cells';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityViolations, type OpenPage, startBrowser, type TestBrowser } from '../../browser.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser({ progress: quiet, signal: new AbortController().signal });
});
afterAll(() => browser?.[Symbol.asyncDispose]());

const sources = ['backplane', 'migration', 'broadcast', 'bare', 'controller', 'elsewhere', 'twin', 'similar'].map(
  (name) => aSource(aPod('meho', name)),
);
const targets = Array.from({ length: 60 }, (_, index) =>
  aTarget({
    id: `t${index}`,
    title: `host ${index % 20}`,
    port: 1000 + index,
    endpoint: { kind: 'address', name: `host ${index}`, ip: `10.9.0.${index + 1}` },
  }),
);
const cells = targets.flatMap((target, row): readonly Cell[] =>
  sources.map((source, column) => {
    const took = { ...seen('connected'), tookMs: (row * 7 + column * 13) % 97 };
    if (row === 3 && column === 0) {
      const declared = { allowed: false, rule: 'default deny: no egress rule of the backplane names this' };
      return aCell({ source, target, declared, observed: took });
    }
    return row % 3 === 1 && column < 3 ? aDenial({ source, target }) : aCell({ source, target, observed: took });
  }),
);
const failed = htmlOf(documentOf(aMatrix(cells), { namespace: 'meho', cluster: 'k3s v1.34.1' }));
const passed = htmlOf(documentOf(aMatrix([aCell()], { skipped: [{ what: 'SCTP', why: 'no module' }] })));

/** Has all of the large one's mark-up: the checker slowly measures each element's contrast. */
const few = cells.filter(({ source }, index) => index < 40 && sources.indexOf(source) < 4);
const small = htmlOf(documentOf(aMatrix(few, { skipped: [{ what: 'SCTP', why: 'no module' }] })));

const rowsShown = '#flows tbody tr:not([hidden])';
const column = ({ page }: OpenPage, index: number) =>
  page.$$eval(`${rowsShown} > :nth-child(${index})`, (found: readonly { readonly textContent: string | null }[]) =>
    found.map(({ textContent }) => textContent ?? ''),
  );

describe.each([
  ['light', small],
  ['dark', small],
  ['light', passed],
] as const)('in the %s scheme', (colorScheme, markup) => {
  test('it renders without a complaint, asks for nothing else, and is accessible', async () => {
    const opened = await browser.open(markup);
    await opened.page.emulateMedia({ colorScheme });
    expect(await opened.page.getByRole('heading', { level: 1 }).innerText()).toBe('Who may talk to whom');
    await opened.page.locator('.grid a').first().click();
    expect(await opened.page.locator('#cell').isVisible()).toBe(true);
    expect(await accessibilityViolations(opened.page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([]);
    await opened.page.context().close();
  });
});

test('it has a cell for each flow, and says in words what is wrong', async () => {
  const { page } = await browser.open(failed);
  expect(await page.locator('.grid tbody td').count()).toBe(480);
  expect(await page.locator('.grid td.FAIL').allTextContents()).toEqual(['o!connected, a finding']);
  expect(await page.getByText('Failed: 1 findings.').count()).toBe(1);
  expect(await page.locator('#shown').innerText()).toBe('480 of 480 flows');
  await page.context().close();
});

test('the keyboard sorts it, up and down, and numbers as numbers', async () => {
  const opened = await browser.open(failed);
  const { page } = opened;
  const head = page.getByRole('columnheader', { name: 'Time (ms)' });
  expect(await head.getAttribute('aria-sort')).toBeNull();
  await head.getByRole('button').focus();
  await page.keyboard.press('Enter');
  expect(await head.getAttribute('aria-sort')).toBe('ascending');
  const up = (await column(opened, 8)).map(Number);
  expect(up).toEqual(up.toSorted((a, b) => a - b));
  expect(new Set(up).size).toBeGreaterThan(20);
  await page.keyboard.press('Space');
  expect(await head.getAttribute('aria-sort')).toBe('descending');
  expect((await column(opened, 8)).map(Number)).toEqual(up.toReversed());
  await page.getByRole('button', { name: 'Source' }).click();
  expect(await head.getAttribute('aria-sort')).toBeNull();
  expect(opened.complaints).toEqual([]);
  await page.context().close();
});

test('it filters by words and by choice, and says how many are shown', async () => {
  const opened = await browser.open(failed);
  const { page } = opened;
  await page.getByLabel('Verdict').selectOption('FAIL');
  expect(await column(opened, 1)).toEqual(['FAIL']);
  await page.getByLabel('Verdict').selectOption('');
  await page.getByLabel('Words').fill('migration 10.9.0.5:');
  expect(await page.locator('#shown').innerText()).toBe('1 of 480 flows');
  await page.getByLabel('Words').fill('nobody');
  expect(await page.locator('#shown').innerText()).toBe('0 of 480 flows');
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByText('480 of 480 flows').waitFor();
  expect(await page.locator(rowsShown).count()).toBe(480);
  await page.context().close();
});

test('it filters matrix, graph and table at once: to differences, to one pod, to one rule', async () => {
  const { page } = await browser.open(failed);
  const cells = page.locator('.grid tbody td:not(.out) a:visible');
  const edges = page.locator('.graph .edge:not(.out)');
  const all = await edges.count();
  await page.getByLabel('Verdict').selectOption('FAIL');
  expect([await cells.count(), await edges.count(), await page.locator(rowsShown).count()]).toEqual([1, 1, 1]);
  await page.getByLabel('Verdict').selectOption('');
  await page.getByLabel('Pod').selectOption('meho/broadcast');
  expect([await cells.count(), await edges.count(), await page.locator(rowsShown).count()]).toEqual([60, 40, 60]);
  await page.getByLabel('Pod').selectOption('');
  await page.getByLabel('Rule').selectOption('default deny: no egress rule of the backplane names this');
  expect([await cells.count(), await edges.count(), await page.locator(rowsShown).count()]).toEqual([1, 1, 1]);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByText('480 of 480 flows').waitFor();
  expect([await cells.count(), await edges.count()]).toEqual([480, all]);
  await page.context().close();
});

test('the keyboard goes from cell to cell, and Enter shows the rule, the three answers and the controls', async () => {
  const { page, complaints } = await browser.open(failed);
  await page.locator('.grid td.FAIL a').click();
  const shown = page.locator('#cell');
  expect(await shown.innerText()).toMatch(
    /backplane pod → host 3[\s\S]*Finding[\s\S]*Contract\s+closed: default deny: no egress rule of the backplane names this/,
  );
  const focused = () => page.evaluate<string>('document.activeElement.hash');
  const [at = ''] = await page.locator('.grid td.FAIL a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  expect(await focused()).toBe(at);
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe(`#f${Number(at?.slice(2)) + 1}`);
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toBe(`#f${Number(at?.slice(2)) + 9}`);
  await page.keyboard.press('Enter');
  const text = await shown.innerText();
  expect(text).toMatch(/migration pod → host 4/);
  expect(text).toMatch(
    /Contract\s+closed: default deny[\s\S]*NetworkPolicy objects\s+closed\s+egress closed: no rule of/,
  );
  expect(text).toMatch(/Probe\s+refused after [\s\S]*Controls\s+without the release's policies, before: connected/);
  expect(await page.locator('.grid a[tabindex="0"]').count()).toBe(1);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('on a phone only the tables scroll sideways', async () => {
  const { page } = await browser.open(small);
  await page.setViewportSize({ width: 390, height: 844 });
  const [needed, given] = await page.evaluate<readonly [number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  expect(needed).toBeLessThanOrEqual(given);
  await page.context().close();
});

test('without scripts everything is there, in the matrix’s order', async () => {
  const { page } = await browser.open(failed.replace(/<script>[\s\S]*<\/script>/, ''));
  expect(await page.locator(rowsShown).count()).toBe(480);
  expect(await page.locator('#filter').isVisible()).toBe(false);
  await page.locator('.grid td.FAIL a').click();
  expect(await page.locator('tr:target .word').innerText()).toBe('FAIL');
  await page.context().close();
});

test('a complaint would be seen: an image from elsewhere, a picture without a text, an exception', async () => {
  const broken = '<!doctype html><title>x</title><img src="http://elsewhere.example/a.png"><script>no()</script>';
  const { page, complaints, requests } = await browser.open(broken);
  expect(requests).toEqual(['http://elsewhere.example/a.png']);
  expect(complaints.join('\n')).toContain('no is not defined');
  expect((await accessibilityViolations(page)).join('\n')).toContain('image-alt');
  await page.context().close();
  const { requests: kept } = await browser.open(
    failed.replace('<main>', '<main><img src="http://elsewhere.example/a.png">'),
  );
  expect(kept).toEqual([]);
});
