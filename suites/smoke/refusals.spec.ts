import {
  checkIds,
  checkSmoke,
  describe,
  expect,
  holds,
  isReferenceBackplane,
  needs,
  notYet,
  refusalWords,
  runSmoke,
  test,
  tokenKinds,
  waitFor,
} from '@meho/harness/test';

needs('managed services');

const keyDeadlineMs = 20_000;
/** In seconds: enough for one check on a busy machine. */
const shortLifeS = 5;
/** Exceeds lifetime plus leeway. */
const endDeadlineMs = 45_000;

/** Contract: one reason word per token fault; images choose the word. */
const anyWord = /^401 [a-z_]+$/;

/** Leg 2 fails and explains the skipped checks. */
const refused = {
  ...Object.fromEntries(checkIds('smoke').map((id) => [id, 'holds'])),
  'operator-status': 'violated',
  'vault-readable': 'skipped',
  'audit-row': 'skipped',
  migrated: 'skipped',
};

describe('a token that is not to be believed', () => {
  test('every kind that can be minted has its word here', () => {
    expect([...Object.keys(refusalWords), 'sound', 'short-lived'].toSorted()).toEqual([...tokenKinds].toSorted());
  });

  test.for(tokenKinds.flatMap((kind) => (kind in refusalWords ? [kind] : [])))(
    '%s is 401 with a word, and leaves no row',
    async (kind, { environment, smoke, signal }) => {
      const rows = () => smoke.target.database.query('SELECT 1 FROM audit_log');
      using https = smoke.throughIngress();
      const token = await environment.openId.token('operator', { kind });
      const before = (await rows()).length;
      const results = await checkSmoke(environment, smoke.target, { https, token }, signal);
      expect(Object.fromEntries(results.map(({ check, verdict }) => [check.id, verdict.outcome]))).toEqual(refused);
      const word = Object.entries(refusalWords).find(([name]) => name === kind)?.[1];
      expect(results[1]?.verdict).toMatchObject({
        observed: isReferenceBackplane(environment) ? `401 ${word}` : expect.stringMatching(anyWord),
        // What the issuer omits, a fresh token lacks too.
        hint: expect.stringMatching(
          isReferenceBackplane(environment) && kind.includes('tenant') ? /map both .* fresh token/ : /token/,
        ),
      });
      expect(await rows()).toHaveLength(before);
    },
  );

  test('short-lived is believed while it lives, and 401 afterwards', async ({ environment, smoke, signal }) => {
    const token = await environment.openId.token('operator', { kind: 'short-lived', lifetimeS: shortLifeS });
    const look = async () => {
      using https = smoke.throughIngress();
      return checkSmoke(environment, smoke.target, { https, token }, signal);
    };
    expect((await look()).map(({ verdict }) => verdict.outcome)).toEqual(Object.keys(refused).map(() => 'holds'));
    const results = await waitFor(
      'it to be refused',
      async () => {
        const seen = await look();
        return seen[1]?.verdict.outcome === 'violated' ? holds(seen) : notYet('it is believed');
      },
      { deadlineMs: endDeadlineMs, signal },
    );
    expect(Object.fromEntries(results.map(({ check, verdict }) => [check.id, verdict.outcome]))).toEqual(refused);
    expect(results[1]?.verdict).toMatchObject({
      observed: isReferenceBackplane(environment) ? '401 expired_token' : expect.stringMatching(anyWord),
      hint: expect.stringMatching(/fresh token/),
    });
  });

  test('the key of yesterday is refused after a rotation, the one of today is believed', async ({
    environment,
    smoke,
    signal,
  }) => {
    const { openId } = environment;
    const old = await openId.token('operator', { kind: 'sound' });
    await openId.rotateKeys({ retire: true });
    const fresh = await openId.token('operator', { kind: 'sound' });
    const leg2 = async (token: string) => {
      using https = smoke.throughIngress();
      return (await checkSmoke(environment, smoke.target, { https, token }, signal))[1]?.verdict;
    };
    // The backplane's cool-down keeps unknown key ids from triggering endless requests.
    await waitFor(
      'the new key to be believed',
      async () => {
        const verdict = await leg2(fresh);
        return verdict?.outcome === 'holds' ? holds(undefined) : notYet(JSON.stringify(verdict));
      },
      { deadlineMs: keyDeadlineMs, signal },
    );
    expect(await leg2(old)).toMatchObject({
      outcome: 'violated',
      observed: isReferenceBackplane(environment) ? '401 unknown_key' : expect.stringMatching(anyWord),
    });
  });
});

describe('an operator without the role', () => {
  test('is 403 insufficient_role, and the verifier says which role it takes', async ({ environment, smoke }) => {
    const token = await environment.openId.login('reader');
    const { exitCode, stdout, stderr } = await runSmoke(environment, smoke.target, { token });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^\[FAIL\] Leg 2: .*403 insufficient_role.*tenant_role.*operator or tenant_admin/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout.match(/^\[note\] Leg \w+/gm)).toEqual(['[note] Leg 4', '[note] Leg 3', '[note] Leg 5']);
  });

  test('nobody at all is a failure of leg 1', async ({ environment, smoke }) => {
    const { exitCode, stderr } = await runSmoke(environment, smoke.target, { token: '' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^\[FAIL\] Leg 1: .*MEHO_ACCESS_TOKEN/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
