import { acceptance } from './acceptance.ts';
import { bench } from './bench.ts';
import { bundle } from './bundle.ts';
import type { Command } from './command.ts';
import { corpus } from './corpus.ts';
import { down } from './down.ts';
import { helms } from './helms.ts';
import { images } from './images.ts';
import { prove } from './prove.ts';
import { soak } from './soak.ts';
import { test } from './test.ts';

/** Every command of the repository, in the order in which a newcomer meets them. */
export const commands: readonly Command[] = [acceptance, test, prove, soak, bench, corpus, helms, images, down, bundle];
