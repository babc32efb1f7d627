import { type PrivateEnginePlace, systemPlace } from './place.ts';
import { stopPrivateEngine } from './private-engine.ts';

/** Stops the private dockerd, if one runs. An engine that isn't ours is never touched. */
export function stopEngine(options: {
  readonly signal: AbortSignal;
  readonly place?: PrivateEnginePlace;
}): Promise<boolean> {
  return stopPrivateEngine(options.place ?? systemPlace, options.signal);
}
