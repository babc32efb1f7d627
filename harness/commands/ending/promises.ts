import { globSync } from 'node:fs';
import type { PromiseDefinition } from '@meho/core/report/promises/judge-promises';
import { repositoryRoot } from '@meho/core/repository';
import { suites } from '../../faults/suites.ts';

/** As the README says them under "What is proven". */
const promises = {
  install: [
    'Cold install',
    'a cold install is up, migrated and answering over TLS in under five minutes; uninstalling leaves nothing',
  ],
  smoke: [
    'Smoke and federation',
    "backplane and Vault accept an operator's token, which leaves one audit row and nothing else; every false token is refused; a broken link is named, and heals without a restart",
  ],
  rollback: [
    'Upgrade and rollback',
    'N, N+1 and back: no request and no row is lost with two replicas, N works on the schema of N+1, and after an upgrade that fails, times out or is cut off one named command restores a working N',
  ],
  'network-policy': [
    'Network policy',
    'the contract, the NetworkPolicy objects and more than 480 probes from real pods agree on who may talk to whom; every denial has its control; a cluster that enforces nothing is found out within 10 s',
  ],
  'pr-smoke': [
    'Smoke of a pull request',
    "a pull request's smoke ends in a verdict and a comment, and its namespace is gone whatever happened; reaping removes what killed runs left, and nothing else",
  ],
  'green-counter': [
    'Streak of green smokes',
    "the streak of green smokes is counted by the rules, explained run by run and sealed; what can't be read in full never counts as green",
  ],
} as const satisfies Readonly<Record<string, readonly [title: string, promise: string]>>;

/** What this build promises, with the stories and faults that it has for each. */
export function promiseDefinitions(): readonly PromiseDefinition[] {
  return Object.entries(promises).map(([id, [title, promise]]) => ({
    id,
    title,
    promise,
    stories: globSync(`suites/${id}/**/*.spec.ts`, { cwd: repositoryRoot }).toSorted(),
    faults: suites.find(({ name }) => name === id)?.faults.map((fault) => `${fault.id}: ${fault.title}`) ?? [],
  }));
}
