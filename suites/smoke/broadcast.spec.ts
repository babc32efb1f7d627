import { broadcastEntries, checkSmoke, describe, expect, needs, secretsIn, test } from '@meho/harness/test';

// Another chart may keep its broadcast somewhere else.
needs('our chart', 'managed services');

describe('the broadcast of the release', () => {
  test('tells of each authenticated request once, and of no other', async ({ environment, smoke, signal }) => {
    const { openId } = environment;
    const { sub, name, email } = openId.operators.operator;
    const entries = () => broadcastEntries(environment, smoke.target, signal);
    const leg2 = async (token: string) => {
      using https = smoke.throughIngress();
      return (await checkSmoke(environment, smoke.target, { https, token }, signal))[1]?.verdict.outcome;
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
