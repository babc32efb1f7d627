import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '@meho/core/runs/temporary';
import { bundleVerifiers } from '@meho/verifiers/bundle/bundle';
import { readRequest } from '../release/environment/request.ts';
import { installCold } from '../release/install/cold-install.ts';
import { prepareInstallTarget } from '../release/install-target/install-target.ts';
import { test as base } from '../test.ts';
import type { BareContext, FaultSuite, ReleaseContext } from './fault.ts';

type Values = Readonly<Record<string, unknown>>;

/** The loss of an issuer shows once cached keys expire: after 2 s here, instead of five minutes. */
const shortLived: Values = { config: { keycloakJwksCacheTtlSeconds: 2 } };

/** Shared by all suites that don't prepare their own. */
export type Releases = (suite: FaultSuite) => Promise<ReleaseContext>;

export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: the test runner reads there which fixtures this one needs
  .extend('bare', { scope: 'worker' }, async ({}, { onCleanup }): Promise<BareContext> => {
    const stack = new AsyncDisposableStack();
    onCleanup(() => stack.disposeAsync());
    // The command removes its folder even if this process is killed.
    const folder = readRequest({}).scratch ?? stack.use(await scratchFolder('faults')).path;
    return { folder, signal: new AbortController().signal, defer: (undo) => stack.defer(undo) };
  })
  .extend('command', { scope: 'worker' }, async ({ bare }): Promise<string> => {
    const folder = path.join(bare.folder, 'bundle');
    await bundleVerifiers(folder);
    return path.join(folder, 'meho-acceptance.js');
  })
  .extend('releases', { scope: 'worker' }, ({ started, bare, timeline }, { onCleanup }): Releases => {
    const stack = new AsyncDisposableStack();
    onCleanup(() => stack.disposeAsync());
    const install = async (purpose: string, values: Values): Promise<ReleaseContext> => {
      if ('error' in started) {
        throw started.error;
      }
      const { environment } = started;
      await writeFile(path.join(bare.folder, 'ca.pem'), environment.authority.certificatePem);
      const target = await prepareInstallTarget(environment, purpose);
      if (!environment.request.ownerCleansUp) {
        stack.use(target);
      }
      const installed = await installCold(environment, target, timeline, bare.signal, values);
      return { ...bare, environment, installed, defer: (undo) => stack.defer(undo) };
    };
    let shared: Promise<ReleaseContext> | undefined;
    return async ({ name, prepare }) => {
      if (prepare === undefined) {
        shared ??= install('faults', shortLived);
        return shared;
      }
      const own = await install(`faults-${name}`, {});
      await prepare(own);
      return own;
    };
  });
