import { candidates } from './candidates.ts';
import { ping } from './client.ts';
import type { Engine } from './engine.ts';
import { hostOf, type PrivateEnginePlace, systemPlace } from './place.ts';

export const pingDeadlineMs = 5_000;

export interface EngineSearch {
  readonly engine: Engine | undefined;
  /** Empty if none was found. */
  readonly source: string;
  readonly tried: readonly string[];
}

/** Excludes the private engine. */
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

export async function findPrivateEngine(place: PrivateEnginePlace = systemPlace): Promise<Engine | undefined> {
  const host = hostOf(place);
  const answer = await ping({ host }, pingDeadlineMs);
  return answer.answers ? { host, version: answer.version, ours: true } : undefined;
}
