import type { Environment } from '../config.ts';

/** What decides whether, and by which Python, migrations are executed. */
export interface ExecutionEnvironment {
  /** VIRTUAL_ENV: the active Python environment. */
  readonly virtualEnvironment: string | undefined;
  /** GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_REPOSITORY: whose commits a workflow has checked out. */
  readonly event: string | undefined;
  readonly eventFile: string | undefined;
  readonly repository: string | undefined;
}

export function readExecutionEnvironment(env: Environment = process.env): ExecutionEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  return {
    virtualEnvironment: value('VIRTUAL_ENV'),
    event: value('GITHUB_EVENT_NAME'),
    eventFile: value('GITHUB_EVENT_PATH'),
    repository: value('GITHUB_REPOSITORY'),
  };
}
