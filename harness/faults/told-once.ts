import { once } from '@meho/core/wait/once';
import { failure } from './try-fault.ts';

/** Like `once`; the first caller gets its error in full, later ones are referred to it. */
export function toldOnce<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  const result = once(work);
  let isTold = false;
  return async (signal) => {
    try {
      return await result(signal);
    } catch (error) {
      if (isTold) {
        throw failure('not injected: before any fault it was not healthy; the first failure of this suite says why');
      }
      isTold = true;
      throw error;
    }
  };
}
