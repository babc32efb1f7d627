import { acceptance } from './acceptance.ts';
import { bench } from './bench.ts';
import { bundle } from './bundle.ts';
import type { Command } from './command.ts';
import { corpus } from './corpus.ts';
import { down } from './down.ts';
import { faults } from './faults.ts';
import { helms } from './helms.ts';
import { images } from './images.ts';
import { lintWorkflows } from './lint-workflows.ts';
import { newFiles } from './new.ts';
import { prove } from './prove.ts';
import { report } from './report.ts';
import { soak } from './soak.ts';
import { test } from './test.ts';
import { up } from './up.ts';

/** In the order a newcomer meets them. */
export const commands: readonly Command[] = [
  acceptance,
  test,
  faults,
  soak,
  bench,
  report,
  corpus,
  helms,
  lintWorkflows,
  images,
  up,
  down,
  newFiles,
  bundle,
  prove,
];
