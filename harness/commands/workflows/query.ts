import { type Job, type Permissions, type Step, stepsOf, type Workflow } from './workflow.ts';

/** What rules look for in a workflow. */

export const json = (value: unknown) => JSON.stringify(value);
export const scriptsOf = (steps: readonly Step[] = []) => steps.map(({ run = '' }) => run).join('\n');
export const scripts = (workflow: Workflow) => scriptsOf(stepsOf(workflow));
export const job = (workflow: Workflow, id: string): Partial<Job> => workflow.jobs[id] ?? {};
/** Exactly this script is a step of it. */
export const runs = ({ steps = [] }: Partial<Job>, command: string) => steps.some(({ run }) => run === command);
export const step = (workflow: Workflow, name: string): Partial<Step> =>
  stepsOf(workflow).find((each) => each.name === name) ?? {};
export const script = (workflow: Workflow, name: string) => step(workflow, name).run ?? '';
const position = (workflow: Workflow, name: string) => stepsOf(workflow).findIndex((each) => each.name === name);
export const inOrder = (workflow: Workflow, names: readonly string[]) => {
  const places = names.map((name) => position(workflow, name));
  return !places.includes(-1) && json(places) === json(places.toSorted((a, b) => a - b));
};
export const rights = (permissions: Permissions | undefined) =>
  typeof permissions === 'object'
    ? Object.entries(permissions)
        .map((each) => each.join(': '))
        .toSorted()
        .join(', ')
    : permissions;
export const onMain = (workflow: Workflow, event: string) => json(workflow.on[event]?.branches) === '["main"]';
