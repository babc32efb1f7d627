import { describe, expect, it } from 'vitest';
import { POD_CASES, refusingServers } from './testing/pod-cases.ts';
import { restrictedRefusals, SERVERS } from './testing/restricted.ts';

describe('API servers hold a pod to `restricted`', async () => {
  const said = await restrictedRefusals(POD_CASES.map(({ pod }) => pod));
  it.each(POD_CASES.map((podCase, index) => ({ ...podCase, refusals: said[index] ?? {} })))('$what', (podCase) => {
    expect(Object.keys(podCase.refusals)).toEqual(refusingServers(podCase, SERVERS));
    for (const refusal of Object.values(podCase.refusals)) {
      expect(refusal).toContain(podCase.refused);
    }
  });

  it('and an answer that doesn’t come is no admission', async () => {
    await expect(restrictedRefusals([{ spec: { containers: 'none' } } as never])).rejects.toThrow('list of pods');
  });
});
