import path from 'node:path';
import { test as base } from 'vitest';
import { wantsColour } from './config.ts';
import { type Installed, installCold } from './environment/cold-install.ts';
import { type Environment, startEnvironment } from './environment/environment.ts';
import { readRequest } from './environment/request.ts';
import { prepareSite } from './environment/site.ts';
import { writePhases } from './report/phase-log.ts';
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
  .extend('environment', { scope: 'worker' }, async ({ timeline }, { onCleanup }): Promise<Environment> => {
    const request = readRequest((await newRun()).labels);
    const progress = new TerminalProgress({ stream: process.stderr, colour: wantsColour(process.stderr), timeline });
    const keepPhases = () =>
      writePhases(path.join(request.artefacts, 'phases.json'), timeline.phases, timeline.originMs);
    onCleanup(keepPhases);
    const environment = await startEnvironment(request, { progress, signal: new AbortController().signal });
    onCleanup(() => progress.step('clean up', async () => environment[Symbol.asyncDispose]()));
    return environment;
  })
  .extend('installed', { scope: 'file' }, async ({ environment, timeline }, { onCleanup }): Promise<Installed> => {
    const site = await prepareSite(environment, 'cold-install');
    onCleanup(() => site[Symbol.asyncDispose]());
    return installCold(environment, site, timeline, new AbortController().signal);
  });
