import { greenCounter } from './green-counter.ts';
import { install } from './install.ts';
import { networkPolicy } from './network-policy.ts';
import { prSmoke } from './pr-smoke.ts';
import { rke2Access } from './rke2-access.ts';
import { rollback } from './rollback.ts';
import { smoke } from './smoke.ts';
import type { BareContext, Story } from './story.ts';

/** Stories that are proven on a healthy release. */
export const releaseStories: readonly Story[] = [install, smoke, networkPolicy, rollback, rke2Access, prSmoke];

/** Stories that need neither a cluster nor an engine. */
export const bareStories: readonly Story<BareContext>[] = [greenCounter];

/** Every story that can be proven, by the name that `npm run prove -- <name>` takes. */
export const stories = [...bareStories, ...releaseStories] as const;
export type AnyStory = (typeof stories)[number];

/** Those that every merge is held to. A release for each fault takes too long for that: `npm run prove -- pr-smoke`. */
export const mergeStories = stories.filter((story) => story !== prSmoke);
