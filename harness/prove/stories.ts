import { greenCounter } from './green-counter.ts';
import { install } from './install.ts';
import { networkPolicy } from './network-policy.ts';
import { smoke } from './smoke.ts';
import type { BareContext, Story } from './story.ts';

/** Stories that are proven on a healthy release. */
export const releaseStories: readonly Story[] = [install, smoke, networkPolicy];

/** Stories that need neither a cluster nor an engine. */
export const bareStories: readonly Story<BareContext>[] = [greenCounter];

/** Every story that can be proven, by the name that `npm run prove -- <name>` takes. */
export const stories = [...bareStories, ...releaseStories] as const;
export type AnyStory = (typeof stories)[number];
