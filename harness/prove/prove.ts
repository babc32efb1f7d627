import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { installCold } from '../environment/cold-install.ts';
import { type Environment, startEnvironment } from '../environment/environment.ts';
import type { EnvironmentRequest } from '../environment/request.ts';
import { prepareSite } from '../environment/site.ts';
import type { Progress } from '../report/progress.ts';
import type { Timeline } from '../report/timeline.ts';
import { scratchFolder } from '../runs/temporary.ts';
import { proveStory, type StoryProofs } from './prove-story.ts';
import { type AnyStory, bareStories, releaseStories } from './stories.ts';
import type { BareContext, ProveContext, Story, StoryContext } from './story.ts';

export interface ProveOptions {
  readonly request: EnvironmentRequest;
  readonly stories: readonly AnyStory[];
  /** Writes the bundle of the verifiers into a folder and gives the command's file. */
  readonly bundle: (folder: string) => Promise<string>;
  readonly progress: Progress;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

/** Whether a story is proven on a release, and so needs images, tools and an engine. */
export function needsRelease(story: AnyStory): boolean {
  return releaseStories.some(({ name }) => name === story.name);
}

/** One environment with one healthy release for all stories that need no more than that; gone at the end with everything. */
export async function proveAll(options: ProveOptions): Promise<ReadonlyMap<AnyStory, StoryProofs>> {
  const { stories, progress, signal } = options;
  await using stack = new AsyncDisposableStack();
  const { path: folder } = stack.use(await scratchFolder('prove'));
  const command = await progress.step('bundle the verifiers', () => options.bundle(path.join(folder, 'bundle')));
  const bare: BareContext = { folder, signal, defer: (undo) => stack.defer(undo) };
  const results = new Map<AnyStory, StoryProofs>();
  for (const story of bareStories.filter((each) => stories.includes(each))) {
    results.set(story, await proved(story, bare, command, progress));
  }
  const onRelease = releaseStories.filter((each) => stories.includes(each));
  if (onRelease.length > 0) {
    const environment = stack.use(await startEnvironment(options.request, { progress, signal }));
    await writeFile(path.join(folder, 'ca.pem'), environment.authority.certificatePem);
    const release = (purpose: string, values: Values) =>
      healthyRelease(options, { environment, folder, stack }, purpose, values);
    let shared: ProveContext | undefined;
    for (const story of onRelease) {
      const { name, prepare } = story;
      let context: ProveContext;
      if (prepare === undefined) {
        shared ??= await release('prove', shortLived);
        context = shared;
      } else {
        const own = await release(`prove-${name}`, {});
        await progress.step(`bring it to where ${name} begins`, () => prepare(own));
        context = own;
      }
      results.set(story, await proved(story, context, command, progress));
    }
  }
  return results;
}

type Values = Readonly<Record<string, unknown>>;

/** An issuer that is gone is missed once its keys have grown old: soon, instead of after five minutes. */
const shortLived: Values = { config: { keycloakJwksCacheTtlSeconds: 2 } };

interface Ground {
  readonly environment: Environment;
  readonly folder: string;
  readonly stack: AsyncDisposableStack;
}

async function healthyRelease(
  { progress, timeline, signal }: ProveOptions,
  { environment, folder, stack }: Ground,
  purpose: string,
  values: Values,
): Promise<ProveContext> {
  const site = await prepareSite(environment, purpose);
  if (!environment.request.ownerCleansUp) {
    stack.use(site);
  }
  const installed = await progress.step('a healthy release', () =>
    installCold(environment, site, timeline, signal, values),
  );
  return { folder, environment, installed, signal, defer: (undo) => stack.defer(undo) };
}

function proved<Context extends StoryContext>(
  story: Story<Context>,
  context: Context,
  bundle: string,
  progress: Progress,
): Promise<StoryProofs> {
  return progress.step(`prove ${story.name}: ${story.faults.length} faults`, () =>
    proveStory(story, {
      context,
      bundle,
      onProof: ({ fault, complaints }) => {
        progress.note(`  ${complaints.length === 0 ? 'ok' : 'MISSED'} ${fault.id}`);
        for (const complaint of complaints) {
          progress.note(`      ${complaint}`);
        }
      },
    }),
  );
}
