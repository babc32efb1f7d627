import { readFileSync } from 'node:fs';
import { lintChart } from '@meho/helm/render';
import { describe, expect, it } from 'vitest';
import { CHART, render } from './testing/chart.ts';
import { HELM } from './testing/helm-program.ts';
import { SEED_BLOCK } from './testing/seed-block.ts';

/** Rendered by the packed chart before it had optional keys. Not to be written anew: what is new stands below. */
const BEFORE = new URL('testing/renders/seed-block-at-0.1.0.yaml', import.meta.url);

/** Valkey's limit, and the checksum of the file that has it. */
const NEW = {
  lines: [
    '    # Under the container’s limit, at which the kernel kills the server and all streams with it: the oldest go instead.',
    '    maxmemory 201326592',
    '    maxmemory-policy allkeys-lru',
  ].map((line) => line.replace('’', "'")),
  after: '    dir /data',
  checksum: /^ {8}checksum\/config: [0-9a-f]{64}$/,
};

describe('the seed’s block of values', () => {
  it('renders what it always did, byte for byte but for what is new', async () => {
    // Helm 4 ends each template with an empty line.
    const linesOf = (manifest: string) => manifest.split('\n').filter((line) => line !== '');
    const before = linesOf(readFileSync(BEFORE, 'utf8'));
    const at = before.indexOf(NEW.after);
    const expected = before.toSpliced(at + 1, 0, ...NEW.lines);
    const { manifest, names } = await render({}, { set: SEED_BLOCK });
    const broadcast = expected.findIndex((line) => NEW.checksum.test(line));
    expected[broadcast] = expect.stringMatching(NEW.checksum);
    expect(names).toHaveLength(14);
    expect(linesOf(manifest)).toEqual(expected);
  });

  it('passes helm lint, subcharts included, without a word', async () => {
    const output = await lintChart({ helm: HELM, chart: CHART, set: SEED_BLOCK, withSubcharts: true });
    expect(output).toContain('2 chart(s) linted, 0 chart(s) failed');
    expect(output).not.toMatch(/\[(INFO|WARNING|ERROR)\]/);
  });
});
