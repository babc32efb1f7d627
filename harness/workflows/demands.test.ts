import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { eachWorkflow } from './each-workflow.ts';
import { everyWorkflow, forkGuard, isForPullRequests } from './every-workflow.ts';
import { readWorkflow, workflowFiles, workflowText } from './workflow.ts';

test('each workflow has demands of its own, and each demand a workflow', () => {
  expect(Object.keys(eachWorkflow).toSorted()).toEqual(workflowFiles().toSorted());
});

describe.each(workflowFiles())('%s', (file) => {
  const text = workflowText(file);
  const demands = [...everyWorkflow, ...(eachWorkflow[file] ?? [])];
  test.each(demands.map((demand) => [demand.title, demand] as const))('%s', (_, demand) => {
    expect(demand.holds(readWorkflow(text))).toBe(true);
  });
  test.each(
    demands.flatMap((demand) => demand.brokenBy.map(([from, to]) => [demand.title, from, to, demand] as const)),
  )('"%s" is red with %j → %j', (_, from, to, demand) => {
    expect(text).toContain(from);
    expect(demand.holds(readWorkflow(text.replace(from, () => to)))).toBe(false);
  });
});

test('each workflow that runs for pull requests keeps forks out', () => {
  const guarded = workflowFiles().filter((file) => eachWorkflow[file]?.includes(forkGuard));
  const forPulls = workflowFiles().filter((file) => isForPullRequests(readWorkflow(workflowText(file))));
  expect(guarded).toEqual(forPulls);
  expect(guarded.length).toBeGreaterThan(3);
});

/** Secrets and variables of the repository that a workflow reads. */
const settingsIn = (text: string) =>
  [...text.matchAll(/\b(?:secrets|vars)\.([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name ?? '');

test('every secret and variable that a workflow reads is in the page that tells how to switch it on', () => {
  const page = readFileSync(path.join(repositoryRoot, 'docs', 'use-it-from-your-repository.md'), 'utf8');
  const settings = new Set(workflowFiles().flatMap((file) => settingsIn(workflowText(file))));
  // GitHub gives this one to every job.
  settings.delete('GITHUB_TOKEN');
  expect(settings.size).toBeGreaterThan(10);
  expect([...settings].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('a demand without a change that breaks it would show nothing', () => {
  const unbroken = [...everyWorkflow, ...Object.values(eachWorkflow).flat()].filter(
    ({ brokenBy }) => brokenBy.length === 0,
  );
  expect(unbroken.map(({ title }) => title)).toEqual([]);
});
