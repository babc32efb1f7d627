import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installCold } from '../environment/cold-install.ts';
import { startEnvironment } from '../environment/environment.ts';
import type { EnvironmentRequest } from '../environment/request.ts';
import { prepareSite } from '../environment/site.ts';
import type { Progress } from '../report/progress.ts';
import type { Timeline } from '../report/timeline.ts';
import { proveStory, type StoryProofs } from './prove-story.ts';
import type { Story } from './story.ts';

export interface ProveOptions {
  readonly request: EnvironmentRequest;
  readonly stories: readonly Story[];
  /** Writes the bundle of the verifiers into a folder and gives the command's file. */
  readonly bundle: (folder: string) => Promise<string>;
  readonly progress: Progress;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** One environment with one healthy release for all stories; gone at the end with everything in it. */
export async function proveAll({
  request,
  stories,
  bundle,
  progress,
  timeline,
  signal,
}: ProveOptions): Promise<ReadonlyMap<Story, StoryProofs>> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-prove-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const command = await progress.step('bundle the verifiers', () => bundle(path.join(folder, 'bundle')));
  const environment = stack.use(await startEnvironment(request, { progress, signal }));
  await writeFile(path.join(folder, 'ca.pem'), environment.authority.certificatePem);
  const site = stack.use(await prepareSite(environment, 'prove'));
  // An issuer that is gone is missed once its keys have grown old: soon, instead of after five minutes.
  const shortLived = { config: { keycloakJwksCacheTtlSeconds: 2 } };
  const installed = await progress.step('a healthy release', () =>
    installCold(environment, site, timeline, signal, shortLived),
  );
  const context = { environment, installed, folder, signal };
  const results = new Map<Story, StoryProofs>();
  for (const story of stories) {
    const proofs = await progress.step(`prove ${story.name}: ${story.faults.length} faults`, () =>
      proveStory(story, {
        context,
        bundle: command,
        onProof: ({ fault, complaints }) => {
          progress.note(`  ${complaints.length === 0 ? 'ok' : 'MISSED'} ${fault.id}`);
          for (const complaint of complaints) {
            progress.note(`      ${complaint}`);
          }
        },
      }),
    );
    results.set(story, proofs);
  }
  return results;
}
