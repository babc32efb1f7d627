import { broadcastEntries, checkSmoke, describe, expect, needs, secretsIn, test } from '../../harness/test.ts';

// Another chart may keep its broadcast elsewhere; the backplane's part is asked of its image alone.
needs('our chart', 'services of ours');

describe('the broadcast of the release', () => {
  test('tells of each authenticated request once, and of no other', async ({ environment, smoke, signal }) => {
    const { openId } = environment;
    const { sub, name, email } = openId.operators.operator;
    const entries = () => broadcastEntries(environment, smoke.site, signal);
    const leg2 = async (token: string) => {
      using https = smoke.throughIngress();
      return (await checkSmoke(environment, smoke.site, { https, token }, signal))[1]?.verdict.outcome;
    };
    const before = await entries();
    const token = await openId.token('operator', { kind: 'sound' });
    expect(await leg2(token)).toBe('holds');
    const after = await entries();
    const added = after.filter((entry) => !before.includes(entry));
    expect(added).toEqual([expect.stringMatching(/ GET .*\/api\/v1\/health .*200/)]);
    expect(added[0]).toContain(sub);
    expect(secretsIn(added.join('\n'), { name, email, token })).toEqual([]);
    expect(await leg2(await openId.token('operator', { kind: 'expired' }))).toBe('violated');
    expect(await entries()).toEqual(after);
  });
});
