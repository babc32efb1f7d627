import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import type { Cell } from '../matrix.ts';
import { aCell, aDenial, aMatrix, aPod, aSource, aTarget, control, seen } from '../testing/cells.ts';
import { documentOf, jsonOf } from './document.ts';
import { htmlOf } from './html.ts';
import { junitOf } from './junit.ts';
import schema from './matrix.schema.json' with { type: 'json' };
import { terminalOf } from './terminal.ts';

const bare = aSource(aPod('meho', 'bare'));
const closed = { allowed: false, rule: 'default deny: no egress rule of the backplane names 5432/TCP of this host' };
const good = [aCell(), aDenial(), aCell({ source: bare })];
const wide = aCell({ declared: closed, target: aTarget({ id: 'decoy', title: 'decoy' }) });
const blind = aCell({
  source: bare,
  target: aTarget({ port: 8200 }),
  observed: { ...seen('could not probe', 'no ephemeral container'), obstacle: 'not run' },
});
const unproven = aDenial({ target: aTarget({ port: 9 }), controls: [] });
const skipped = [{ what: 'SCTP', why: 'the kernel has no module for it' }];
const passed = documentOf(aMatrix(good, { skipped }), { namespace: 'meho' });
const failed = documentOf(aMatrix([...good, wide, blind, unproven]));
const empty = documentOf(aMatrix([], { skipped }));
const lacking = documentOf(aMatrix(good, { lost: [{ what: 'flows to the broadcast', why: "its pod doesn't run" }] }));

describe('JSON', () => {
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  const problems = (document: unknown) => (validate(document) ? [] : (validate.errors ?? []));

  test.each([
    ['passed', passed],
    ['failed', failed],
    ['failed', empty],
    ['failed', lacking],
  ])('a matrix that %s is as the schema says', (outcome, document) => {
    expect(problems(JSON.parse(jsonOf(document)))).toEqual([]);
    expect(document.outcome).toBe(outcome);
  });
  test('the schema refuses what would not be a proof', () => {
    for (const wrong of [
      { ...passed, flows: [] },
      { ...passed, findings: failed.findings },
      { ...passed, flows: failed.flows },
      { ...failed, findings: [] },
      { ...failed, findings: failed.findings.map(({ flow, ...rest }) => rest) },
      { ...passed, flows: passed.flows.map((flow) => ({ ...flow, observed: { ...flow.observed, answer: 'denied' } })) },
    ]) {
      expect(problems(wrong)).not.toEqual([]);
    }
  });
  test('each finding points to a flow, each wrong flow to a finding', () => {
    const wrong = failed.flows.filter(({ verdict }) => verdict === 'FAIL').map(({ id }) => id);
    expect(failed.findings.map(({ flow }) => flow)).toEqual(wrong);
    expect(failed.counts).toMatchObject({ flows: 6, open: 3, refused: 2, couldNotProbe: 1, findings: 3 });
  });
});

describe('JUnit', () => {
  const parse = (xml: string) => {
    expect(XMLValidator.validate(xml)).toBe(true);
    return new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml).testsuites.testsuite;
  };
  test('one case a flow; failures name what is wrong; what was not probed is skipped', () => {
    const suite = parse(junitOf(failed));
    expect([suite.tests, suite.failures]).toEqual(['6', '3']);
    const failures = suite.testcase.filter((each: object) => 'failure' in each);
    expect(failures.map((each: { failure: { type: string } }) => each.failure.type)).toEqual([
      'disagreement',
      'could not probe',
      'unproven denial',
    ]);
    const green = parse(junitOf(passed));
    expect([green.tests, green.failures, green.skipped]).toEqual(['4', '0', '1']);
  });
  test('what had to be probed and was not is a failure of its own, in every form', () => {
    const xml = junitOf(lacking);
    expect(xml).toContain('failures="1"');
    expect(xml.match(/<testcase/g)).toHaveLength(good.length + 1);
    for (const text of [xml, htmlOf(lacking), terminalOf(lacking, { colour: false })]) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain('flows to the broadcast: had to be probed and was not');
    }
  });
  test('an empty matrix is a failure', () => {
    expect(parse(junitOf(empty))).toMatchObject({ failures: '1', tests: '2' });
  });
});

describe('terminal', () => {
  const plain = terminalOf(failed, { colour: false });

  test('without colour, no escape sequences; with it, nothing but colour is added', () => {
    expect(plain).not.toContain('\u001B');
    const coloured = terminalOf(failed, { colour: true });
    expect(coloured.replaceAll(new RegExp(String.raw`${'\u001B'}\[\d+m`, 'g'), '')).toBe(plain);
    expect(coloured).not.toBe(plain);
  });
  test('a row a target, a column a source, a letter an answer, a mark where something is wrong', () => {
    const rows = plain.split('\n');
    expect(rows).toContain('A = backplane pod (meho/backplane)');
    expect(rows.find((row) => row.startsWith('postgres 5432'))).toMatch(
      /postgres 5432 10\.9\.0\.3:5432\/TCP\s+o {2}o$/,
    );
    expect(rows.find((row) => row.startsWith('postgres 5433'))).toMatch(/r$/);
    expect(rows.find((row) => row.startsWith('decoy'))).toMatch(/o!$/);
    expect(rows.find((row) => row.startsWith('postgres 8200'))).toMatch(/ \?!$/);
  });
  test('each finding is told with its rule and its flow', () => {
    expect(plain).toContain('[FAIL] the contract declares it closed');
    expect(plain).toContain('meho/meho egress[1] (to 10.9.0.3/32, 5432/TCP) matches');
    expect(plain).toContain('[FAIL] could not be probed (not run), which proves nothing');
    expect(plain).toContain('there is no control');
    expect(terminalOf(empty, { colour: false })).toContain('[FAIL] no flow was probed');
  });
  test('flows with one cause are listed together, and how many more there are', () => {
    const many = Array.from({ length: 9 }, (_, index) =>
      aCell({ declared: closed, target: aTarget({ id: `t${index}`, title: `host ${index}` }) }),
    );
    const text = terminalOf(documentOf(aMatrix(many)), { colour: false });
    expect(text.match(/\[FAIL\]/g)).toHaveLength(1);
    expect(text).toContain('- and 3 more');
  });
  test.each([80, 100, 140])('nothing is wider than %d columns, whatever the texts', (width) => {
    fc.assert(
      fc.property(fc.array(fc.record({ title: fc.string(), host: fc.string(), rule: fc.string() })), (texts) => {
        const cells: Cell[] = texts.map(({ title, host, rule }, index) =>
          aCell({
            source: { ...bare, id: `s${index % 40}`, title: `${title} pod` },
            target: aTarget({ id: `t${index}`, title: `t ${title.repeat(9)}`, host: `h${host}`, port: 65535 }),
            declared: { allowed: index % 2 === 0, rule: `r ${rule.repeat(20)}` },
            controls: [control('before', 'refused')],
          }),
        );
        const lines = terminalOf(documentOf(aMatrix(cells)), { colour: false, width }).split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      }),
      { numRuns: 30 },
    );
  });
});

describe('HTML', () => {
  const hostile = `<script>alert(1)</script>"'&`;
  test('what comes from the cluster never becomes markup', () => {
    const target = aTarget({ title: hostile, host: hostile });
    const cell = aCell({ target, declared: { allowed: true, rule: hostile }, observed: seen('connected', hostile) });
    const page = htmlOf(documentOf(aMatrix([cell]), { [hostile]: hostile }));
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).not.toContain('alert(1)</script>');
  });
  test('it names no other resource', () => {
    expect(htmlOf(failed)).not.toMatch(/\bsrc=|\bhref="(?!#)|@import|url\(|https?:/);
  });
  test.each([
    ['failed', failed],
    ['passed', passed],
    ['empty', empty],
  ])('a matrix that %s has its headings in order, and a caption for each table', (_, document) => {
    const page = htmlOf(document);
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    expect(page.match(/<table/g)?.length).toBe(page.match(/<caption/g)?.length);
    expect(page.replace(/<script>[\s\S]*/, '')).not.toMatch(/undefined|NaN|\[object/);
  });
  test('each cell has a letter and a word, a mark where something is wrong, and leads to its flow', () => {
    const page = htmlOf(failed);
    const cells = [...page.matchAll(/<td class="([^"]+)"><a href="#(f\d+)">(.+?)<\/a>/g)];
    const shown = cells.map(([, name, id, inside = '']) => [name, id, inside.replaceAll(/<[^>]+>/g, '')]);
    expect(shown).toEqual([
      ['open', 'f0', 'oconnected'],
      ['open', 'f2', 'oconnected'],
      ['closed', 'f1', 'rrefused'],
      ['open FAIL', 'f3', 'o!connected, a finding'],
      ['unknown FAIL', 'f4', '?!could not probe, a finding'],
      ['closed FAIL', 'f5', 'r!refused, a finding'],
    ]);
    for (const [, , id] of cells) {
      expect(page).toContain(`<tr id="${id}"`);
    }
  });
  test('the graph has a line for what connected or is wrong, told apart by dashes and a mark, and says it in words', () => {
    const page = htmlOf(failed);
    const edges = [...page.matchAll(/<g class="edge ([^"]+)" data-flows="([^"]+)"><title>([^<]+)/g)];
    expect(edges.map(([, name, flows, title]) => [name, flows, title])).toEqual([
      ['part FAIL', '0 1 3 5', 'meho-backplane → postgres 5432: 2 of 4 connected, 2 among the findings'],
      ['part FAIL', '2 4', 'meho-bare → postgres 5432: 1 of 2 connected, 1 among the findings'],
    ]);
    expect(page.match(/class="mark"/g)).toHaveLength(2);
    expect(page).toContain('Among the findings: meho-backplane to postgres 5432; meho-bare to postgres 5432.');
    const [, open] = /<g class="edge ([^"]+)" data-flows="2">/.exec(htmlOf(passed)) ?? [];
    expect(open).toBe('open');
    expect(htmlOf(passed)).toContain('No line is among the findings.');
  });
  test('a matrix of 9 sources and 60 targets fits in 1 MB', () => {
    const many = Array.from({ length: 540 }, (_, index) =>
      aDenial({
        source: aSource(aPod('meho', `pod-${index % 9}`)),
        target: aTarget({ id: `t${Math.floor(index / 9)}`, port: Math.floor(index / 9) }),
      }),
    );
    expect(Buffer.byteLength(htmlOf(documentOf(aMatrix(many))))).toBeLessThan(1_000_000);
  });
});
