import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { describe, expect, test } from 'vitest';
import { commonRules, forkRule, isForPullRequests } from './common-rules.ts';
import { violations, type WorkflowRule } from './rule.ts';
import { rulesByWorkflow } from './rules-by-workflow.ts';
import { readWorkflow, workflowFiles, workflowText } from './workflow.ts';

function rulesOf(file: string): readonly WorkflowRule[] {
  const forks = isForPullRequests(readWorkflow(workflowText(file))) ? [forkRule] : [];
  return [...commonRules, ...forks, ...(rulesByWorkflow[file] ?? [])];
}

test('each workflow has rules of its own, and each rule a workflow', () => {
  expect(Object.keys(rulesByWorkflow).toSorted()).toEqual(workflowFiles().toSorted());
});

describe.each(workflowFiles())('%s', (file) => {
  test.each(rulesOf(file).map((rule) => [rule.title, rule] as const))('%s', (_, rule) => {
    expect(violations(rule, readWorkflow(workflowText(file)))).toEqual([]);
  });
});

const rules = new Set(workflowFiles().flatMap(rulesOf));

describe.each([...rules].map((rule) => [rule.title, rule] as const))('"%s"', (_, rule) => {
  const texts = workflowFiles()
    .filter((file) => rulesOf(file).includes(rule))
    .map(workflowText);
  const broken = (text: string, from: string, to: string) =>
    violations(rule, readWorkflow(text.replace(from, () => to)));

  test.each(rule.brokenBy)('is broken by %j → %j', (from, to) => {
    const changed = texts.filter((text) => text.includes(from));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter((text) => broken(text, from, to).length === 0)).toEqual([]);
  });

  test('has no condition that no change breaks', () => {
    const seen = texts.flatMap((text) => rule.brokenBy.flatMap(([from, to]) => broken(text, from, to)));
    const conditions = texts.flatMap((text) => Object.keys(rule.conditions(readWorkflow(text))));
    expect(conditions.length).toBeGreaterThan(0);
    expect(conditions.filter((condition) => !seen.includes(condition))).toEqual([]);
  });
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
