import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../process/run.ts';
import { peakBytesIn, tellPeakScript } from './tell-peak.ts';

const MIB = 1024 * 1024;

async function peakOf(script: string): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tell-peak-'));
  try {
    const preload = path.join(folder, 'tell-peak.mjs');
    await writeFile(preload, tellPeakScript);
    const { stderr } = await run(process.execPath, [`--import=${preload}`, '-e', script], { timeoutMs: 60_000 });
    return peakBytesIn(stderr);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('what the parent holds is not counted', async () => {
  const held = Buffer.alloc(300 * MIB, 1);
  expect(await peakOf('0')).toBeLessThan(150 * MIB);
  expect(held.at(-1)).toBe(1);
});

test('what the process held for a moment is', async () => {
  expect(await peakOf(`Buffer.alloc(${300 * MIB}, 1)`)).toBeGreaterThan(300 * MIB);
});

test('nothing told is no number', () => {
  expect(peakBytesIn('')).toBeNaN();
});
