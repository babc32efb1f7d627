import path from 'node:path';
import { wantsColour } from '@meho/core/config/terminal';
import { err } from '@meho/core/report/output';
import { writePhases } from '@meho/core/report/phase-log';
import type { Progress } from '@meho/core/report/progress';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { newRun } from '@meho/core/runs/identity';
import { test as base, type RunnerTask, type RunnerTestSuite } from 'vitest';
import { type Environment, startEnvironment } from './release/environment/environment.ts';
import { missingRequirements, type Requirement } from './release/environment/missing-requirements.ts';
import { type EnvironmentRequest, readRequest } from './release/environment/request.ts';
import {
  type SecondDeploymentOptions,
  type SecondEnvironment,
  secondCharts,
  secondObjects,
  withSecondDeployment,
} from './release/environment/second-deployment.ts';
import { writeTestSubject } from './release/environment/test-subject.ts';
import { failedChecks, setCurrentTest } from './release/evidence/check-log.ts';
import { keepEvidence } from './release/evidence/keep-evidence.ts';
import { pauseForLook } from './release/evidence/pause.ts';
import { copyChart, fieldHook } from './release/install/chart-copy.ts';
import { type ColdInstall, installCold } from './release/install/cold-install.ts';
import { install } from './release/install/try-install.ts';
import { type Beside, prepareBeside } from './release/install-target/beside.ts';
import { type InstallTarget, prepareInstallTarget } from './release/install-target/install-target.ts';
import { installForPolicy, type PolicyRelease } from './release/network-policy/policy-release.ts';
import { describeDrill, drillRollback, type RollbackDrill } from './release/rollback/rollback-drill.ts';
import { installForSmoke, type SmokeRelease } from './release/smoke/smoke-release.ts';

export type { Result } from '@meho/contract/check';
export { checkIds } from '@meho/contract/registry';
export { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
export { fakeToken } from '@meho/green-counter/github/testing/fake-github';
export { type FakeSmoke, fakeRepository, greenSmokes } from '@meho/green-counter/github/testing/fake-repository';
export { tokenKinds } from '@meho/images/recipes/openid/program/faults';
export { refusalWords } from '@meho/images/recipes/openid/refusal-words';
export { inventory } from '@meho/kube/workloads/inventory';
export { askProbe } from '@meho/network-policy/probe/ask-probe';
export { describe, expect } from 'vitest';
export type { Environment } from './release/environment/environment.ts';
export { isReferenceBackplane } from './release/environment/judged-image.ts';
export { createLabIdentity } from './release/environment/lab-identity.ts';
export { imageValues, nextImage, whyNoNextImage } from './release/environment/next-image.ts';
export { ownChart } from './release/environment/request.ts';
export { secretsIn, secretsInFiles, watchArguments } from './release/evidence/leaks.ts';
export { copyChart, naiveHook, privilegedPods } from './release/install/chart-copy.ts';
export { backplaneOn, type ColdInstall, installBudgetMs, releaseOn } from './release/install/cold-install.ts';
export {
  type FailedInstallState,
  readFailedInstallState,
  waitForFailedJob,
} from './release/install/failed-install-state.ts';
export { checkInstall } from './release/install/install-contract.ts';
export { interruptHelm, runAsOperator, waitForPending } from './release/install/interrupted-helm.ts';
export { memoryPressure } from './release/install/node-pressure.ts';
export { belongsToHook, remainingHooks } from './release/install/remaining-hooks.ts';
export { applyRelease, type FailedInstall, install, installToFailure } from './release/install/try-install.ts';
export { waitForNoPodOf, waitForOnlyBuild } from './release/install/wait-for-build.ts';
export type { Beside } from './release/install-target/beside.ts';
export type { InstallTarget } from './release/install-target/install-target.ts';
export { checkPolicy, keepMatrix, showMatrix } from './release/network-policy/policy-contract.ts';
export { keepLatency, measurePolicyLatency } from './release/network-policy/policy-latency.ts';
export { checkSemantics, describeTriedSet } from './release/network-policy/policy-semantics.ts';
export { checkWithoutPolicyEngine } from './release/network-policy/without-policy-engine.ts';
export { runGreenCounter } from './release/processes/green-counter-process.ts';
export { runInstallVerify } from './release/processes/install-verify.ts';
export { runLogin } from './release/processes/login-process.ts';
export { addAllowAllPolicy, applyFieldPolicies, runNetworkPolicy } from './release/processes/policy-verifier.ts';
export { type PrSmokeInput, prSmokeInput, runPrSmoke, runReap } from './release/processes/pr-smoke-process.ts';
export { runRollbackVerify } from './release/processes/rollback-verify.ts';
export { runWrapper } from './release/processes/wrapper-process.ts';
export { drillValues, startLoadOn } from './release/rollback/rollback-drill.ts';
export { schemaDump } from './release/rollback/schema-dump.ts';
export { type AuditRow, rowsOf, sendAuthenticated } from './release/smoke/audit-rows.ts';
export { backplaneLog, backplanePod } from './release/smoke/backplane-pod.ts';
export { broadcastEntries } from './release/smoke/broadcast-entries.ts';
export { checkSmoke, checkUnauthenticated, runSmoke } from './release/smoke/smoke-contract.ts';
export { smokeFaults } from './release/smoke/smoke-faults.ts';
export { failingProbes, type SmokeRelease } from './release/smoke/smoke-release.ts';
export { whyLeftOut } from './release/trust/value-fit.ts';

/** All suites share the environment; what a test creates on it is removed with the test. */
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
  .extend('site', { scope: 'file' }, async ({ environment }, { onCleanup }): Promise<InstallTarget> => {
    const target = await prepareInstallTarget(environment, 'install', true);
    onCleanup(shared(environment, target));
    return target;
  })
  // For failures on the file's site; a test's own sites are inspected before removal, below.
  .extend('evidence', { auto: true }, ({ task }, { onCleanup }) => {
    setCurrentTest(fullNameOf(task, ' > '));
    onCleanup(async () => {
      const [error] = task.result?.state === 'fail' ? (task.result.errors ?? []) : [];
      if (error !== undefined) {
        error.message = [error.message, ...failedChecks()].join('\n');
      }
      for (const { environment, site: target } of sharedSites) {
        await keepEvidenceOf(task, environment, [target]);
      }
      await pauseAfterFailure(task);
    });
  })
  .extend('newSite', async ({ environment, task }, { onCleanup }) => {
    const sites: InstallTarget[] = [];
    onCleanup(async () => {
      await keepEvidenceOf(task, environment, sites);
      await pauseAfterFailure(task);
      await Promise.all(sites.map((target) => ended(environment, target)));
    });
    return async (purpose: string): Promise<InstallTarget> => {
      const target = await prepareInstallTarget(environment, purpose);
      sites.push(target);
      return target;
    };
  })
  .extend('installed', { scope: 'file' }, ({ environment, site: target, timeline }) =>
    installCold(environment, target, timeline, new AbortController().signal),
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
  .extend('neighbours', { scope: 'file' }, async ({ environment }, { onCleanup }): Promise<Neighbours> => {
    const [site, elsewhere] = await Promise.all([
      prepareInstallTarget(environment, 'first'),
      prepareInstallTarget(environment, 'elsewhere'),
    ]);
    const beside = await prepareBeside(environment, site, `${environment.request.subject.release}-b`);
    const undo = [shared(environment, site), shared(environment, elsewhere), () => ended(environment, beside.target)];
    onCleanup(async () => {
      await Promise.all(undo.map((each) => each()));
    });
    const first = { environment, target: site };
    const all = { first, beside, elsewhere: { environment, target: elsewhere } };
    const { signal } = new AbortController();
    await Promise.all(Object.values(all).map((each) => install(each.environment, each.target, { signal })));
    return all;
  })
  .extend('drill', { scope: 'file' }, async ({ environment, timeline }, { onCleanup }): Promise<RollbackDrill> => {
    const target = await prepareInstallTarget(environment, 'rollback');
    onCleanup(shared(environment, target));
    const startMs = timeline.elapsedMs;
    const drill = await drillRollback(environment, target, new AbortController().signal);
    const durationMs = timeline.elapsedMs - startMs;
    timeline.add({ title: 'rollback drill', depth: 0, startMs, durationMs, failed: false });
    err(`${describeDrill(drill).join('\n')}\n`);
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

/** Skips the file's tests, with the reason, if the run doesn't meet their requirements. */
export function needs(...wanted: readonly Requirement[]): void {
  test.beforeEach(({ environment, skip }) => {
    const reason = missingRequirements(environment, wanted);
    skip(reason !== undefined, reason);
  });
}

/** `beside` is in the namespace of `first`, and `elsewhere` has its name. */
export type Neighbours = Readonly<Record<'first' | 'beside' | 'elsewhere', Beside>>;

export interface SecondDeployment extends SecondEnvironment {
  readonly installed: ColdInstall;
}

async function installSecond(
  environment: Environment,
  choice: SecondDeploymentOptions,
  onCleanup: (undo: () => PromiseLike<void>) => void,
): Promise<SecondDeployment> {
  const { signal } = new AbortController();
  const second = await withSecondDeployment(environment, choice, signal);
  const target = await prepareInstallTarget(second.environment, 'second');
  onCleanup(shared(second.environment, target));
  // Not the run's own cold install.
  const installed = await installCold(second.environment, target, new Timeline(), signal);
  return { ...second, installed };
}

const sharedSites = new Set<{ readonly environment: Environment; readonly site: InstallTarget }>();

/** Collects evidence of the site's failures until the returned function disposes of it. */
function shared(environment: Environment, target: InstallTarget): () => PromiseLike<void> {
  const place = { environment, site: target };
  sharedSites.add(place);
  return () => {
    sharedSites.delete(place);
    // The next file's site needs the name that the user gave.
    return environment.request.subject.namespace === undefined || environment.request.keep === true
      ? ended(environment, target)
      : target[Symbol.asyncDispose]();
  };
}

/** A managed cluster goes with the run, so nobody waits for the namespace. */
async function ended({ cluster, request }: Environment, target: InstallTarget): Promise<void> {
  if (request.keep === true) {
    return;
  }
  await (cluster.capabilities.disposable ? target.leave() : target[Symbol.asyncDispose]());
}

async function pauseAfterFailure(task: RunnerTask): Promise<void> {
  if (task.result?.state === 'fail' && current !== undefined) {
    await pauseForLook(task, fullNameOf(task, ' > '), current);
  }
}

/** Of this worker, once it is up. */
let current: Environment | undefined;

/** Appends the evidence's place, and what is missing, to the failure's message. */
async function keepEvidenceOf(
  task: RunnerTask,
  environment: Environment,
  sites: readonly InstallTarget[],
): Promise<void> {
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

/** A failed start isn't repeated: its error is every test's. */
type Started = { readonly environment: Environment } | { readonly error: unknown };

async function start(request: EnvironmentRequest, progress: Progress): Promise<Started> {
  try {
    await using stack = new AsyncDisposableStack();
    const environment = stack.use(await startEnvironment(request, { progress, signal: new AbortController().signal }));
    await writeTestSubject(environment);
    stack.move();
    current = environment;
    return { environment };
  } catch (error) {
    return { error };
  }
}
