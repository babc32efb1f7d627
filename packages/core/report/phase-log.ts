import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeReportSync } from './output.ts';
import type { Phase } from './timeline.ts';

/** Starts are in ms since 1970, for another process's clock. */
export function writePhases(file: string, phases: readonly Phase[], originMs: number): void {
  const absolute = phases.map((phase) => ({ ...phase, startMs: phase.startMs + originMs }));
  mkdirSync(path.dirname(file), { recursive: true });
  writeReportSync(file, 'json', `${JSON.stringify(absolute, null, 2)}\n`);
}

/** Another process's phases since `originMs` (ms since 1970), if any. */
export function readPhases(file: string, originMs: number): readonly Phase[] {
  if (!existsSync(file)) {
    return [];
  }
  const absolute = JSON.parse(readFileSync(file, 'utf8')) as readonly Phase[];
  return absolute.map((phase) => ({ ...phase, startMs: phase.startMs - originMs }));
}
