import { install } from './install.ts';
import { smoke } from './smoke.ts';
import type { Story } from './story.ts';

/** Every story that can be proven, by the name that `npm run prove -- <name>` takes. */
export const stories: readonly Story[] = [install, smoke];
