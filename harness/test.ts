import path from 'node:path';
import { test as base } from 'vitest';
import { wantsColour } from './config.ts';
import { installCold } from './environment/cold-install.ts';
import { type Environment, startEnvironment } from './environment/environment.ts';
import { type EnvironmentRequest, readRequest } from './environment/request.ts';
import { prepareSite, type Site } from './environment/site.ts';
import { writePhases } from './report/phase-log.ts';
import type { Progress } from './report/progress.ts';
import { TerminalProgress } from './report/terminal.ts';
import { Timeline } from './report/timeline.ts';
import { newRun } from './runs/identity.ts';

export { describe, expect } from 'vitest';
export { installBudgetMs } from './environment/cold-install.ts';
export { checkInstall } from './environment/install-contract.ts';
export { runInstallVerify } from './environment/install-verify.ts';
export { inventory } from './kube/inventory.ts';
export { holds, notYet, waitFor } from './wait/wait-for.ts';

/**
 * The `test` of the suites. The environment is started once, by the first test that asks for it, and shared by all
 * suites of a run; what a test makes on it, goes with the test.
 */
export const test = base
  .extend('timeline', { scope: 'worker' }, () => new Timeline())
  .extend('started', { scope: 'worker' }, async ({ timeline }, { onCleanup }): Promise<Started> => {
    const request = readRequest((await newRun()).labels);
    const progress = new TerminalProgress({ stream: process.stderr, colour: wantsColour(process.stderr), timeline });
    const started = await start(request, progress);
    onCleanup(async () => {
      if ('environment' in started && !request.ownerCleansUp) {
        await progress.step('clean up', async () => started.environment[Symbol.asyncDispose]());
      }
      writePhases(path.join(request.artefacts, 'phases.json'), timeline.phases, timeline.originMs);
    });
    return started;
  })
  .extend('environment', { scope: 'worker' }, ({ started }): Environment => {
    if ('error' in started) {
      throw started.error;
    }
    return started.environment;
  })
  .extend('site', { scope: 'file' }, async ({ environment }, { onCleanup }): Promise<Site> => {
    const site = await prepareSite(environment, 'install');
    onCleanup(() => site[Symbol.asyncDispose]());
    return site;
  })
  .extend('installed', { scope: 'file' }, ({ environment, site, timeline }) =>
    installCold(environment, site, timeline, new AbortController().signal),
  );

/** An environment that did not start is not started again for the next test: its error is every test's error. */
type Started = { readonly environment: Environment } | { readonly error: unknown };

async function start(request: EnvironmentRequest, progress: Progress): Promise<Started> {
  try {
    return { environment: await startEnvironment(request, { progress, signal: new AbortController().signal }) };
  } catch (error) {
    return { error };
  }
}
