import { candidates } from './candidates.ts';
import { ping } from './client.ts';
import type { Engine } from './engine.ts';
import { hostOf, type PrivateEnginePlace, systemPlace } from './place.ts';

export const pingDeadlineMs = 5_000;

/** An engine that was looked for, and where in vain. */
export interface EngineSearch {
  readonly engine: Engine | undefined;
  /** Who says that it is there; empty where none is. */
  readonly source: string;
  readonly tried: readonly string[];
}

/** The first engine of this machine that answers and isn't ours. */
export async function findEngine(): Promise<EngineSearch> {
  const tried: string[] = [];
  for (const endpoint of candidates()) {
    const { host, source } = endpoint;
    const answer = await ping(endpoint, pingDeadlineMs);
    if (answer.answers) {
      return { engine: { host, version: answer.version, ours: false }, source, tried };
    }
    tried.push(`${host}, ${source}: ${answer.reason}`);
  }
  return { engine: undefined, source: '', tried };
}

/** The private engine, if it runs. */
export async function findPrivateEngine(place: PrivateEnginePlace = systemPlace): Promise<Engine | undefined> {
  const host = hostOf(place);
  const answer = await ping({ host }, pingDeadlineMs);
  return answer.answers ? { host, version: answer.version, ours: true } : undefined;
}
