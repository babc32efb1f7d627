import { describe, expect, test } from 'vitest';
import type { CheckRecord } from '../run-report.ts';
import { aRollback, aRun } from '../testing/a-run.ts';
import { chainPicture } from './chain-picture.ts';
import { rollbackPicture } from './rollback-picture.ts';

const words = (markup: string) => markup.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

describe('upgrade and rollback over time', () => {
  const { text } = rollbackPicture(aRollback());
  test('has a line with a number for each moment, where it was', () => {
    const lines = [...text.matchAll(/class="moment" x1="([\d.]+)"/g)].map(([, at]) => Number(at));
    // Of 60 s between 64 and 944.
    expect(lines).toEqual([64, 68.4, 328, 504]);
    expect(text.match(/class="number-of"/g)).toHaveLength(4);
  });
  test('shows failures with a mark beside the colour, and the gap', () => {
    expect(text.match(/class="failed"/g)).toHaveLength(5);
    expect(text.match(/class="cross"/g)).toHaveLength(1);
    expect(text).toMatch(/class="gap" x="338\.3" y="62" width="33\.7"/);
    expect(text.match(/class="gap"/g)).toHaveLength(1);
  });
  test('says the same in words, for who can’t see it', () => {
    expect(words(/<title[\s\S]*?<\/title>/.exec(text)?.[0] ?? '')).toContain(
      '1,193 requests were answered, each with its row in audit_log; 7 failed. The longest time without an answer was 2.30 s.',
    );
    expect(words(text)).toContain('3. helm is done; N still ends 18.0 s 100 7 0.02 s 0.09 s 2.30 s 360');
    expect(words(text)).toContain('after 18.8 s: 503 away');
  });
  test('never says that each answer has its row where one has none, or nobody could count', () => {
    expect(words(rollbackPicture(aRollback({ rowsOfAnswered: 1190 })).text)).toContain('1,190 of them have a row');
    const { rowsOfAnswered: _, ...uncounted } = aRollback();
    expect(words(rollbackPicture(uncounted).text)).not.toContain('its row');
  });
  test('draws nothing outside itself, of no request and of a minute', () => {
    for (const record of [aRollback(), aRollback({ bins: [], stages: [], gaps: [], durationMs: 0 })]) {
      const drawn = rollbackPicture(record).text;
      expect(drawn).not.toMatch(/NaN|Infinity|="-/);
      for (const [, at] of drawn.matchAll(/ x[12]?="([\d.]+)"/g)) {
        expect(Number(at)).toBeLessThanOrEqual(960);
      }
    }
  });
  test('is nothing where no rollback was made', () => {
    expect(rollbackPicture(undefined).text).toBe('');
  });
});

describe('the federation chain', () => {
  const leg = (number: string, outcome: CheckRecord['outcome'], story: string): CheckRecord => ({
    ...{ test: story, id: `leg-${number}`, title: `Leg ${number}: of it`, outcome, observed: 'seen', durationMs: 50 },
  });
  const legs = (story: string, outcomes: readonly CheckRecord['outcome'][]) =>
    outcomes.map((outcome, index) => leg(String(index + 1), outcome, story));
  const other = { ...leg('1', 'holds', 'a story'), title: 'Another check' };

  test('has each leg with its time, in order, once', () => {
    const checks = [other, ...legs('a story', ['holds', 'holds', 'holds']), ...legs('a story', ['holds', 'skipped'])];
    const { text } = chainPicture(aRun({ checks, tests: [] }));
    expect(words(text)).toContain('a story: 3 legs in 0.15 s');
    expect(text.match(/<li/g)).toHaveLength(3);
  });
  test('is that of the story that failed, with a mark and a word for where it broke', () => {
    const checks = [
      ...legs('a story', ['holds', 'holds']),
      ...legs('the chain > reads Vault', ['holds', 'violated', 'unknown', 'skipped']),
    ];
    const { text } = chainPicture(aRun({ checks }));
    expect(words(text)).toContain('the chain &gt; reads Vault: 4 legs');
    expect([...text.matchAll(/aria-hidden="true">(.)<\/span> <b>/gu)].map(([, mark]) => mark)).toEqual([
      '✓',
      '✗',
      '?',
      '○',
    ]);
    expect(words(text)).toContain('Leg 2: of it violated , 0.05 s');
  });
  test('is nothing where no leg was asked', () => {
    expect(chainPicture(aRun({ checks: [other] })).text).toBe('');
  });
});
