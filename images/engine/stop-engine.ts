import { type PrivateEnginePlace, systemPlace } from './place.ts';
import { stopPrivateEngine } from './private-engine.ts';

/** Never touches another engine. */
export function stopEngine(options: {
  readonly signal: AbortSignal;
  readonly place?: PrivateEnginePlace;
}): Promise<boolean> {
  return stopPrivateEngine(options.place ?? systemPlace, options.signal);
}
