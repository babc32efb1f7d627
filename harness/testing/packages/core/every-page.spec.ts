import { runHtml } from '@meho/core/report/run-html';
import { aCorpus, aRollback, aRun } from '@meho/core/report/testing/a-run';
import { quiet } from '@meho/core/report/testing/quiet';
import { documentOf } from '@meho/network-policy/report/document';
import { htmlOf } from '@meho/network-policy/report/html';
import { aCell, aDenial, aMatrix, aPod, aSource, aTarget, seen } from '@meho/network-policy/testing/cells';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNights } from '../../../commands/report/nights.ts';
import { nightsPage } from '../../../commands/report/nights-page.ts';
import { runsOnDisk } from '../../../commands/report/testing/runs-on-disk.ts';
import { accessibilityViolations, startBrowser, type TestBrowser } from '../../browser.ts';
import { pagesOf, pastTheEdge, squeezed, unseenInPrint } from '../../printed.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser({ progress: quiet, signal: new AbortController().signal });
});
afterAll(() => browser?.[Symbol.asyncDispose]());

const leg = (number: number, outcome: 'holds' | 'violated' | 'skipped') => ({
  ...{ test: 'the chain > reads Vault', id: `leg-${number}`, title: `Leg ${number}: the backplane is asked`, outcome },
  ...{ observed: '200 {"vault":{"read_ok":true}}', expected: '200', durationMs: 40 * number },
});

/** With every section that a page can have. */
function wholeRun(): string {
  const { checks, tests } = aRun();
  const fault = { file: 'harness/faults/smoke.faults.ts', name: 'smoke > sealed: Vault is sealed', durationMs: 900 };
  return runHtml(
    aRun({
      ...{ rollback: aRollback(), corpus: aCorpus() },
      checks: [...checks, leg(1, 'holds'), leg(2, 'holds'), leg(3, 'violated'), leg(4, 'skipped')],
      tests: [...tests, { ...fault, state: 'passed' }],
    }),
  );
}

function matrix(): string {
  const sources = ['backplane', 'migration', 'broadcast', 'elsewhere'].map((name) => aSource(aPod('meho', name)));
  const cells = Array.from({ length: 10 }, (_, row) =>
    aTarget({
      ...{ id: `t${row}`, title: `host ${row}`, port: 1000 + row },
      endpoint: { kind: 'address', name: `host ${row}`, ip: `10.9.0.${row + 1}` },
    }),
  ).flatMap((target, row) =>
    sources.map((source, column) => {
      if (row === 3 && column === 0) {
        const declared = { allowed: false, rule: 'default deny: no egress rule of the backplane names this' };
        return aCell({ source, target, declared, observed: seen('connected') });
      }
      return row % 3 === 1 && column < 3 ? aDenial({ source, target }) : aCell({ source, target });
    }),
  );
  return htmlOf(documentOf(aMatrix(cells, { skipped: [{ what: 'SCTP', why: 'no module' }] })));
}

async function nights(): Promise<string> {
  await using runs = await runsOnDisk();
  const tally = { passed: 3, failed: 0, skipped: 1 };
  await runs.put('a', aRun({ startedAt: '2026-03-05T02:17:00.000Z', outcome: 'passed', tally, tests: [] }));
  await runs.put('b', aRun({ startedAt: '2026-03-06T02:17:00.000Z' }));
  return nightsPage({
    ...readNights(runs.folder, { until: '2026-03-10', days: 31 }),
    ...{ today: '2026-03-10', madeAt: '2026-03-10T03:00:00.000Z', linkTo: ({ name }) => `${name}/report.html` },
  });
}

async function opened(markup: string, { width, ...media }: { width: number } & Parameters<Page['emulateMedia']>[0]) {
  const { page } = await browser.open(markup);
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia(media);
  await page.locator('details').evaluateAll((all) => {
    for (const each of all) {
      each.setAttribute('open', '');
    }
  });
  return page;
}

/** Of A4 between margins of 12 mm, in CSS pixels. */
const paper = { width: 703, margin: '12mm' } as const;

describe.each([
  ['a run', wholeRun, 3, 9],
  ['the matrix', matrix, 2, 5],
  ['the nights', nights, 1, 2],
] as const)('the page of %s, with every section', (_, markupOf, fewest, most) => {
  test.each([
    ['on a screen', 'light', 1280],
    ['on a screen', 'dark', 1280],
    ['on a phone', 'light', 500],
    ['on a phone', 'dark', 500],
  ] as const)(
    'is accessible %s, %s, and nothing scrolls sideways but its tables',
    async (_where, colorScheme, width) => {
      const page = await opened(await markupOf(), { width, colorScheme });
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await pastTheEdge(page)).toEqual([]);
      expect(await squeezed(page)).toEqual([]);
      await page.context().close();
    },
  );

  test('is accessible on paper, where nothing is past the edge, folded or cut', async () => {
    const { page } = await browser.open(await markupOf());
    await page.setViewportSize({ width: paper.width, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await pastTheEdge(page)).toEqual([]);
    expect(await squeezed(page)).toEqual([]);
    expect(await unseenInPrint(page)).toEqual([]);
    await page.context().close();
  });

  test('is a document of a few pages, also where the reader’s scheme is dark', async () => {
    const { page } = await browser.open(await markupOf());
    await page.emulateMedia({ colorScheme: 'dark' });
    const margin = { top: paper.margin, right: paper.margin, bottom: paper.margin, left: paper.margin };
    const pdf = await page.pdf({ format: 'A4', margin });
    expect(pagesOf(pdf)).toBeGreaterThanOrEqual(fewest);
    expect(pagesOf(pdf)).toBeLessThanOrEqual(most);
    await page.context().close();
  });
});

test('a page that is cut is found: too wide, hidden by its frame, folded, squeezed', async () => {
  const { page } = await browser.open(`<!doctype html><html lang="en"><title>x</title><style>p { width: 2000px; }
div { width: 100px; height: 20px; overflow: hidden; white-space: nowrap; }</style>
<main><p>wide</p><div>what is in a frame that is too narrow for all of its words</div><details><summary>more</summary>folded</details>
<ul><li style="width: 9px; overflow-wrap: anywhere">letter by letter</li></ul></main>`);
  await page.emulateMedia({ media: 'print' });
  expect(await pastTheEdge(page)).toEqual([expect.stringMatching(/^P: wide/)]);
  expect(await unseenInPrint(page)).toEqual([
    expect.stringMatching(/^DIV: what is in a frame/),
    expect.stringMatching(/^DETAILS: more/),
  ]);
  expect(await squeezed(page)).toEqual(['LI: letter by letter']);
  await page.context().close();
});
