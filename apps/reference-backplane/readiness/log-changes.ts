import type { FastifyBaseLogger } from 'fastify';
import { describe } from '../error-class.ts';
import type { OnProbeResult } from './readiness.ts';

export function logChanges(log: Pick<FastifyBaseLogger, 'info' | 'warn'>): OnProbeResult {
  const last = new Map<string, string>();
  return ({ name, ok, detail }, error) => {
    const state = `${ok} ${detail}`;
    if (last.get(name) === state) {
      return;
    }
    last.set(name, state);
    if (ok) {
      log.info({ probe: name, detail }, 'probe holds');
    } else {
      log.warn({ probe: name, detail, ...(error === undefined ? {} : describe(error)) }, 'probe fails');
    }
  };
}
