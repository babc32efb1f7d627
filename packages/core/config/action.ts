import { tmpdir } from 'node:os';
import type { Environment } from '../config.ts';

/** For `action.yml`; the inputs are one JSON document. */
export interface ActionEnvironment {
  /** MEHO_ACTION_INPUTS. Secret. */
  readonly inputs: string;
  /** GITHUB_OUTPUT */
  readonly outputFile: string | undefined;
  /** GITHUB_STEP_SUMMARY */
  readonly stepSummaryFile: string | undefined;
  /** RUNNER_TEMP: for reports. */
  readonly temporaryFolder: string;
}

export function readActionEnvironment(env: Environment = process.env): ActionEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  return {
    inputs: value('MEHO_ACTION_INPUTS') ?? '{}',
    outputFile: value('GITHUB_OUTPUT'),
    stepSummaryFile: value('GITHUB_STEP_SUMMARY'),
    temporaryFolder: value('RUNNER_TEMP') ?? tmpdir(),
  };
}
