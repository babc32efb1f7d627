import { BrokenOff, Interrupted } from './interrupted.ts';

/** A signal, or a closed output. */
export interface Interruptions {
  readonly interrupted: AbortSignal;
  /** Aborts on an uncaught error, or an answer that can't come any more. */
  readonly broken: AbortSignal;
  breakOff(why: string, cause?: unknown): void;
  /** Calls back on each further signal. */
  onAgain(listener: () => void): void;
}

function listen(): Interruptions {
  const interrupted = new AbortController();
  const broken = new AbortController();
  const impatient: (() => void)[] = [];
  const breakOff = (why: string, cause?: unknown) => broken.abort(new BrokenOff(why, { cause }));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (interrupted.signal.aborted) {
        for (const listener of impatient) {
          listener();
        }
      }
      interrupted.abort(new Interrupted(name));
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // By convention, a closed pipe (`| head`) is a signal.
      if (error.code === 'EPIPE') {
        interrupted.abort(new Interrupted('SIGPIPE'));
      } else {
        breakOff("what it says can't be written", error);
      }
    });
  }
  process.on('uncaughtException', (error) => breakOff('an error that nobody caught', error));
  process.on('unhandledRejection', (error) => breakOff('an error that nobody caught', error));
  // Node's warnings concern our code, not the user.
  process.removeAllListeners('warning');
  return {
    interrupted: interrupted.signal,
    broken: broken.signal,
    breakOff,
    onAgain: (listener) => impatient.push(listener),
  };
}

/** Loaded first, so that it listens from the start. */
export const interruptions = listen();
