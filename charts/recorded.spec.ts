import { describe, expect, it } from 'vitest';
import { CHART } from './testing/chart.ts';
import { HELM } from './testing/helm-program.ts';
import { isCaught, NAMED } from './testing/mutation/named.ts';
import { RECORDED, recordOf } from './testing/recorded.ts';

// A change that is meant is recorded by `npx vitest run --project chart charts/recorded.spec.ts -u`, and read in the diff.
describe('a render is what is recorded, notes included', () => {
  it.each(Object.keys(RECORDED))('%s', async (name) => {
    await expect(await recordOf(HELM, CHART, name)).toMatchFileSnapshot(`testing/renders/${name}.yaml`);
  });
});

/** Changes that the chart's tests once let by; `npm run mutants` makes the rest. */
describe('a change of the chart is caught', () => {
  it.concurrent.each(NAMED)('$what', async (mutant) => {
    expect(await isCaught(HELM, mutant)).toBe(true);
  });

  it('and what changes nothing is not', async () => {
    const comment = { from: '# Two at once would be', to: '# Two at once would be' };
    const file = 'charts/broadcast/templates/deployment.yaml';
    expect(await isCaught(HELM, { what: 'nothing', file, ...comment, shownBy: 'seed-block' })).toBe(false);
  });
});
