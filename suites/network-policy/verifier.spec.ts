import {
  addAllowAllPolicy,
  applyFieldPolicies,
  checkIds,
  describe,
  expect,
  needs,
  runNetworkPolicy,
  test,
} from '@meho/harness/test';

needs('our chart', 'a managed cluster', 'managed services');

const timeout = 240_000;
const told = ({ checks }: { readonly checks: readonly object[] }) => JSON.stringify(checks).slice(0, 3000);

describe('meho-acceptance network-policy', () => {
  test('passes a healthy release by witnesses alone, and leaves nothing behind', { timeout }, async ({
    environment,
    policy,
  }) => {
    const { exitCode, document, left } = await runNetworkPolicy(environment, policy);
    expect(
      document.checks.map(({ id, status }) => `${id} ${status}`),
      told(document),
    ).toEqual(checkIds('network-policy').map((id) => `${id} ok`));
    expect(exitCode).toBe(0);
    expect(left).toEqual([]);
  });

  test('tells the policies of charts in the field apart, and lets them be accepted by their ids alone', {
    timeout,
  }, async ({ environment, policy }) => {
    await using _ = await applyFieldPolicies(environment, policy.target);
    const statuses = async (...more: readonly string[]) => {
      const { exitCode, document } = await runNetworkPolicy(environment, policy, more);
      const { checks, accepted } = document;
      return { exitCode, accepted, checks: checks.map(({ id, status }) => `${id} ${status}`), told: told(document) };
    };
    const accept = [
      '--accept=policy-broadcast',
      '--because=no other tenants',
      '--accept=policy-dns',
      '--because=one DNS',
    ];
    const wide = ['policy-broadcast', 'policy-dns'];
    const red = await statuses();
    expect(red, red.told).toMatchObject({
      exitCode: 1,
      accepted: 0,
      checks: checkIds('network-policy').map((id) => `${id} ${wide.includes(id) ? 'FAIL' : 'ok'}`),
    });
    const accepted = await statuses(...accept);
    expect(accepted, accepted.told).toMatchObject({
      exitCode: 0,
      accepted: 2,
      checks: red.checks.map((line) => line.replace('FAIL', 'WARN')),
    });
  });

  test('fails where a policy beside the release allows everything, and names it', { timeout }, async ({
    environment,
    policy,
  }) => {
    await using _ = await addAllowAllPolicy(environment, policy.target, 'allow-all');
    const { exitCode, document } = await runNetworkPolicy(environment, policy);
    const red = document.checks.find(({ id }) => id === 'policy-matrix');
    expect(red, told(document)).toMatchObject({
      status: 'FAIL',
      hint: expect.stringMatching(/allow-all (e|in)gress\[0\]/),
    });
    expect(exitCode).toBe(1);
  });
});
