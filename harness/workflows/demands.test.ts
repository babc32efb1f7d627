import { describe, expect, test } from 'vitest';
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

test('a demand without a change that breaks it would show nothing', () => {
  const unbroken = [...everyWorkflow, ...Object.values(eachWorkflow).flat()].filter(
    ({ brokenBy }) => brokenBy.length === 0,
  );
  expect(unbroken.map(({ title }) => title)).toEqual([]);
});
