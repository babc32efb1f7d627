import { type Job, type Permissions, type Step, stepsOf, type Workflow } from './workflow.ts';

/** What demands look for in a workflow. */

export const json = (value: unknown) => JSON.stringify(value);
export const scripts = (workflow: Workflow) =>
  stepsOf(workflow)
    .map(({ run = '' }) => run)
    .join('\n');
export const job = (workflow: Workflow, name: string): Partial<Job> => workflow.jobs[name] ?? {};
export const step = (workflow: Workflow, name: string): Partial<Step> =>
  stepsOf(workflow).find((each) => each.name === name) ?? {};
export const position = (workflow: Workflow, name: string) => stepsOf(workflow).findIndex((each) => each.name === name);
export const rights = (permissions: Permissions | undefined) =>
  typeof permissions === 'object'
    ? Object.entries(permissions)
        .map((each) => each.join(': '))
        .toSorted()
        .join(', ')
    : permissions;
export const onMain = (workflow: Workflow, event: string) => json(workflow.on[event]?.branches) === '["main"]';
