import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Check, CheckInput } from './check.ts';
import { checksOf } from './check-list.ts';
import {
  INSTALL_BUDGET_SECONDS,
  installList,
  pullRequestList,
  rollbackList,
  SMOKE_BUDGET_SECONDS,
  smokeList,
} from './checks.ts';
import { networkPolicyList } from './network-policy.ts';

/** Every check of every verifier, as data: for tests, pages and generators. A verdict loads its own list alone. */
export const checkLists = {
  'install-verify': installList,
  smoke: smokeList,
  'rollback-verify': rollbackList,
  'network-policy': networkPolicyList,
  'pr-smoke': pullRequestList,
} as const;

export type ListName = keyof typeof checkLists;

export const listNames = Object.keys(checkLists) as readonly ListName[];

export interface RegisteredCheck {
  readonly id: string;
  /** By list, since a leg's number is part of it; SHA and COLUMN stand for what the user gives. */
  readonly titles: Readonly<Partial<Record<ListName, string>>>;
  readonly needs: readonly CheckInput[];
  /** From the repository's root; its failure line leads there. */
  readonly page: string | undefined;
  /** From the repository's root. */
  readonly module: string;
  /** Seconds that the whole run may take, by list. */
  readonly budgetSeconds?: Readonly<Partial<Record<ListName, number>>>;
}

const subject = { namespace: 'meho', release: 'meho' };
const budgeted = { startedAt: undefined, enforceBudget: true };
const notMeasured = () => Promise.reject(new Error('the registry measures nothing'));
const measurement: PolicyMeasurement = { enforced: notMeasured, matrix: notMeasured, changes: notMeasured };

const samples: Readonly<Record<ListName, readonly Check[]>> = {
  'install-verify': checksOf(installList, { subject, expectedGitSha: 'SHA', ...budgeted }),
  smoke: checksOf(smokeList, { subject, skipLogin: false, ...budgeted }),
  'rollback-verify': checksOf(rollbackList, { subject, gitSha: 'SHA', columns: ['COLUMN'] }),
  'network-policy': checksOf(networkPolicyList, measurement),
  'pr-smoke': checksOf(pullRequestList, { subject, expectedGitSha: 'SHA', withToken: true }),
};

const budgets = { 'install-verify': INSTALL_BUDGET_SECONDS, smoke: SMOKE_BUDGET_SECONDS };

export const registry: readonly RegisteredCheck[] = [
  ...new Set(listNames.flatMap((name) => Object.keys(checkLists[name]))),
].map((id) => {
  const among = listNames.flatMap((name) => {
    const check = samples[name].find((candidate) => candidate.id === id);
    return check === undefined ? [] : [{ name, check }];
  });
  return {
    id,
    titles: Object.fromEntries(among.map(({ name, check }) => [name, check.title])),
    needs: among[0]?.check.needs ?? [],
    page: among[0]?.check.page,
    module: `packages/contract/checks/${id}.ts`,
    ...(id === 'budget' ? { budgetSeconds: budgets } : {}),
  };
});

/** In the verifier's order. */
export function checkIds(name: ListName): readonly string[] {
  return samples[name].map(({ id }) => id);
}

/** Those that another's failure explains. */
export function explainedBy(name: ListName, cause: string): readonly string[] {
  return samples[name].filter((check) => check.explainedBy?.includes(cause)).map(({ id }) => id);
}

/** Those that are made where only these inputs are at hand. */
export function checkIdsWith(name: ListName, inputs: readonly CheckInput[]): readonly string[] {
  return samples[name].filter(({ needs }) => needs.every((need) => inputs.includes(need))).map(({ id }) => id);
}
