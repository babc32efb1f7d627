import { describe, expect, needs, policyFault, runNetworkPolicy, test } from '../../harness/test.ts';

needs('our chart', 'a cluster of ours', 'services of ours');

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
    ).toEqual([
      'policy-enforced ok',
      'policy-matrix ok',
      'policy-broadcast ok',
      'policy-dns ok',
      'policy-denials ok',
      'policy-untouched ok',
    ]);
    expect(exitCode).toBe(0);
    expect(left).toEqual([]);
  });

  test('fails where a policy beside the release allows everything, and names it', { timeout }, async ({
    environment,
    policy,
  }) => {
    await using _ = await policyFault(environment, policy.site, 'allow-all');
    const { exitCode, document } = await runNetworkPolicy(environment, policy);
    const red = document.checks.find(({ id }) => id === 'policy-matrix');
    expect(red, told(document)).toMatchObject({
      status: 'FAIL',
      hint: expect.stringMatching(/allow-all (e|in)gress\[0\]/),
    });
    expect(exitCode).toBe(1);
  });
});
