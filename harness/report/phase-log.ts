import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { keepSync } from './output.ts';
import type { Phase } from './timeline.ts';

/** Phases with their start as milliseconds since 1970, so that another process can put them on its own clock. */
export function writePhases(file: string, phases: readonly Phase[], originMs: number): void {
  const absolute = phases.map((phase) => ({ ...phase, startMs: phase.startMs + originMs }));
  mkdirSync(path.dirname(file), { recursive: true });
  keepSync(file, 'json', `${JSON.stringify(absolute, null, 2)}\n`);
}

/** Phases that another process wrote, from `originMs` on (milliseconds since 1970); none where it wrote none. */
export function readPhases(file: string, originMs: number): readonly Phase[] {
  if (!existsSync(file)) {
    return [];
  }
  const absolute = JSON.parse(readFileSync(file, 'utf8')) as readonly Phase[];
  return absolute.map((phase) => ({ ...phase, startMs: phase.startMs - originMs }));
}
