import path from 'node:path';
import { test as base, type RunnerTask, type RunnerTestSuite } from 'vitest';
import { wantsColour } from './config.ts';
import { copyChart, fieldHook } from './environment/chart-copy.ts';
import { storyBegins } from './environment/check-log.ts';
import { type Installed, installCold } from './environment/cold-install.ts';
import { type Environment, startEnvironment } from './environment/environment.ts';
import { keepEvidence } from './environment/keep-evidence.ts';
import { lacking, type Need } from './environment/needs.ts';
import { installForPolicy, type PolicyRelease } from './environment/policy-release.ts';
import { type EnvironmentRequest, readRequest } from './environment/request.ts';
import { drillRollback, type RollbackDrill, tellDrill } from './environment/rollback-drill.ts';
import {
  type SecondChoice,
  type SecondEnvironment,
  secondCharts,
  secondObjects,
  withSecondDeployment,
} from './environment/second-deployment.ts';
import { prepareSite, type Site } from './environment/site.ts';
import { installForSmoke, type SmokeRelease } from './environment/smoke-release.ts';
import { writeUnderTest } from './environment/under-test.ts';
import { err } from './report/output.ts';
import { writePhases } from './report/phase-log.ts';
import type { Progress } from './report/progress.ts';
import { TerminalProgress } from './report/terminal.ts';
import { Timeline } from './report/timeline.ts';
import { newRun } from './runs/identity.ts';

export { describe, expect } from 'vitest';
export type { Result } from './contract/check.ts';
export { type Aftermath, aftermath, failedJobStays } from './environment/aftermath.ts';
export { type AuditRow, askAuthenticated, rowsOf } from './environment/audit-rows.ts';
export { backplaneLog, backplanePod } from './environment/backplane-pod.ts';
export { broadcastEntries } from './environment/broadcast-entries.ts';
export { copyChart, naiveHook, privilegedPods } from './environment/chart-copy.ts';
export { backplaneOn, type Installed, installBudgetMs, releaseOn } from './environment/cold-install.ts';
export type { Environment } from './environment/environment.ts';
export { runGreenCounter } from './environment/green-counter-process.ts';
export { hooksThatStay, isOfHook } from './environment/hooks-that-stay.ts';
export { checkInstall } from './environment/install-contract.ts';
export { runInstallVerify } from './environment/install-verify.ts';
export { byHand, interruptHelm, untilPending } from './environment/interrupted-helm.ts';
export { speaksOurWords } from './environment/judged-image.ts';
export { labIdentity } from './environment/lab-identity.ts';
export { secretsIn, secretsInFiles, watchArguments } from './environment/leaks.ts';
export { runLogin } from './environment/login-process.ts';
export { imageValues, nextImage, noNextImage } from './environment/next-image.ts';
export { memoryPressure } from './environment/node-pressure.ts';
export { checkPolicy, keepMatrix, showMatrix } from './environment/policy-contract.ts';
export { keepLatency, measurePolicyLatency } from './environment/policy-latency.ts';
export { holdSemantics, toldDifference } from './environment/policy-semantics.ts';
export { policiesOfTheField, policyFault, runNetworkPolicy } from './environment/policy-verifier.ts';
export { type PrSmokeInput, prSmokeInput, runPrSmoke, runReap } from './environment/pr-smoke-process.ts';
export { ownChart } from './environment/request.ts';
export { drillValues, loadOn } from './environment/rollback-drill.ts';
export { runRollbackVerify } from './environment/rollback-verify.ts';
export { schemaDump } from './environment/schema-dump.ts';
export type { Site } from './environment/site.ts';
export { checkSmoke, checkUnauthenticated, runSmoke } from './environment/smoke-contract.ts';
export { smokeFaults } from './environment/smoke-faults.ts';
export { failingProbes, type SmokeRelease } from './environment/smoke-release.ts';
export { notTaken } from './environment/subject-fit.ts';
export { drive, type FailedInstall, install, installToFailure } from './environment/try-install.ts';
export { noPodOf, onlyAnswers } from './environment/turnover.ts';
export { refusesToJudge } from './environment/unenforced.ts';
export { runWrapper } from './environment/wrapper-process.ts';
export { fakeToken } from './github/testing/fake-github.ts';
export { greenSmokes, type MadeSmoke, madeWorld } from './github/testing/world.ts';
export { tokenKinds } from './images/openid/program/faults.ts';
export { refusalWords } from './images/openid/refusal-words.ts';
export { inventory } from './kube/inventory.ts';
export { ask } from './policy/probe/ask.ts';
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
    const site = await prepareSite(environment, 'install', true);
    onCleanup(shared(environment, site));
    return site;
  })
  // Of a test that failed on the file's site. What a test makes for itself is looked at before it is removed, below.
  .extend('evidence', { auto: true }, ({ task }, { onCleanup }) => {
    storyBegins(fullNameOf(task, ' > '));
    onCleanup(async () => {
      for (const { environment, site } of sharedSites) {
        await keepEvidenceOf(task, environment, [site]);
      }
    });
  })
  .extend('newSite', async ({ environment, task }, { onCleanup }) => {
    const sites: Site[] = [];
    onCleanup(async () => {
      await keepEvidenceOf(task, environment, sites);
      await Promise.all(sites.map((site) => ended(environment, site)));
    });
    return async (purpose: string): Promise<Site> => {
      const site = await prepareSite(environment, purpose);
      sites.push(site);
      return site;
    };
  })
  .extend('installed', { scope: 'file' }, ({ environment, site, timeline }) =>
    installCold(environment, site, timeline, new AbortController().signal),
  )
  .extend('second', { scope: 'file' }, ({ environment }, { onCleanup }) =>
    installSecond(environment, { chart: secondCharts.closed }, onCleanup),
  )
  .extend('secondInField', { scope: 'file' }, ({ environment }, { onCleanup }) =>
    installSecond(environment, { chart: secondCharts.field }, onCleanup),
  )
  .extend('secondWithObjects', { scope: 'file' }, async ({ environment }, { onCleanup }) => {
    const { chart, [Symbol.asyncDispose]: remove } = await copyChart(fieldHook, secondCharts.field);
    try {
      return await installSecond(environment, { chart, objects: secondObjects }, onCleanup);
    } finally {
      await remove();
    }
  })
  .extend('drill', { scope: 'file' }, async ({ environment, timeline }, { onCleanup }): Promise<RollbackDrill> => {
    const site = await prepareSite(environment, 'rollback');
    onCleanup(shared(environment, site));
    const startMs = timeline.elapsedMs;
    const drill = await drillRollback(environment, site, new AbortController().signal);
    const durationMs = timeline.elapsedMs - startMs;
    timeline.add({ title: 'rollback drill', depth: 0, startMs, durationMs, failed: false });
    err(`${tellDrill(drill).join('\n')}\n`);
    return drill;
  })
  .extend('policy', { scope: 'worker' }, async ({ environment, timeline }, { onCleanup }): Promise<PolicyRelease> => {
    const release = await installForPolicy(environment, timeline, new AbortController().signal);
    onCleanup(async () => {
      if (!environment.request.ownerCleansUp) {
        await release[Symbol.asyncDispose]();
      }
    });
    return release;
  })
  .extend('smoke', { scope: 'worker' }, async ({ environment, timeline }, { onCleanup }): Promise<SmokeRelease> => {
    const release = await installForSmoke(environment, timeline, new AbortController().signal);
    onCleanup(async () => {
      if (!environment.request.ownerCleansUp) {
        await release[Symbol.asyncDispose]();
      }
    });
    return release;
  });

/** Skips each test of the file, with the reason, in a run that doesn't give what they need. */
export function needs(...wanted: readonly Need[]): void {
  test.beforeEach(({ environment, skip }) => {
    const reason = lacking(environment, wanted);
    skip(reason !== undefined, reason);
  });
}

/** The deployment of fixtures/second-deployment, installed beside ours. */
export interface SecondDeployment extends SecondEnvironment {
  readonly installed: Installed;
}

async function installSecond(
  environment: Environment,
  choice: SecondChoice,
  onCleanup: (undo: () => PromiseLike<void>) => void,
): Promise<SecondDeployment> {
  const { signal } = new AbortController();
  const second = await withSecondDeployment(environment, choice, signal);
  const site = await prepareSite(second.environment, 'second');
  onCleanup(shared(second.environment, site));
  // Not the cold install that the run's phases tell of.
  const installed = await installCold(second.environment, site, new Timeline(), signal);
  return { ...second, installed };
}

const sharedSites = new Set<{ readonly environment: Environment; readonly site: Site }>();

/** Looks at a file's site when one of its tests fails; what comes back ends that, and the site. */
function shared(environment: Environment, site: Site): () => PromiseLike<void> {
  const place = { environment, site };
  sharedSites.add(place);
  return () => {
    sharedSites.delete(place);
    // The next file's site has the same name where the user has given one.
    return environment.request.subject.namespace === undefined ? ended(environment, site) : site[Symbol.asyncDispose]();
  };
}

/** On a cluster that goes with the run nobody waits for a namespace's end. */
function ended({ cluster }: Environment, site: Site): PromiseLike<void> {
  return cluster.capabilities.disposable ? site.leave() : site[Symbol.asyncDispose]();
}

/** Where the evidence is, and what of it is not, becomes the end of the failure’s message. */
async function keepEvidenceOf(task: RunnerTask, environment: Environment, sites: readonly Site[]): Promise<void> {
  const [error] = task.result?.state === 'fail' ? (task.result.errors ?? []) : [];
  if (error !== undefined && sites.length > 0) {
    const { folder, unwritten } = await keepEvidence(environment, sites, fullNameOf(task));
    const missing = unwritten.length === 0 ? '' : `\nof which this could not be written: ${unwritten.join('; ')}`;
    error.message += `\nevidence: ${path.relative(process.cwd(), folder)}${missing}`;
  }
}

function fullNameOf({ name, suite }: RunnerTask | RunnerTestSuite, separator = ' '): string {
  return suite === undefined ? name : `${fullNameOf(suite, separator)}${separator}${name}`;
}

/** An environment that did not start is not started again for the next test: its error is every test's error. */
type Started = { readonly environment: Environment } | { readonly error: unknown };

async function start(request: EnvironmentRequest, progress: Progress): Promise<Started> {
  try {
    await using stack = new AsyncDisposableStack();
    const environment = stack.use(await startEnvironment(request, { progress, signal: new AbortController().signal }));
    await writeUnderTest(environment);
    stack.move();
    return { environment };
  } catch (error) {
    return { error };
  }
}
