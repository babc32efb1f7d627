import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { parse } from 'yaml';

/** A workflow as GitHub reads it, as far as rules look at it. */
export interface Workflow {
  readonly text: string;
  readonly name: string;
  readonly on: Readonly<Record<string, Trigger | null>>;
  readonly permissions?: Permissions;
  readonly concurrency?: { readonly group: string; readonly 'cancel-in-progress': boolean | string };
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Trigger {
  readonly branches?: readonly string[];
  readonly tags?: readonly string[];
  readonly paths?: readonly string[];
  readonly types?: readonly string[];
}

export type Permissions = string | Readonly<Record<string, string>>;

export interface Job {
  readonly name?: string;
  readonly if?: string;
  readonly needs?: string;
  readonly 'runs-on': string;
  readonly 'timeout-minutes'?: number;
  readonly 'continue-on-error'?: boolean;
  readonly permissions?: Permissions;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | boolean | number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'continue-on-error'?: boolean;
}

const folder = path.join(repositoryRoot, '.github', 'workflows');

export function workflowFiles(): readonly string[] {
  return readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
}

export function workflowText(file: string): string {
  return readFileSync(path.join(folder, file), 'utf8');
}

export function readWorkflow(text: string): Workflow {
  // YAML 1.2, in which `on` is a word and no boolean.
  return { ...(parse(text, { schema: 'core' }) as Omit<Workflow, 'text'>), text };
}

export function jobsOf({ jobs }: Workflow): readonly Job[] {
  return Object.values(jobs);
}

export function stepsOf(workflow: Workflow): readonly Step[] {
  return jobsOf(workflow).flatMap(({ steps }) => steps);
}
