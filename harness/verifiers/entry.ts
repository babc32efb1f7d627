import { BrokenOff, Interrupted } from './interrupted.ts';

/** What calls a run off from outside: a signal, or that nobody reads what it says. */
export interface Interruptions {
  readonly interrupted: AbortSignal;
  /** Fires when the run itself can't get to its end: an error that nobody caught, or an answer that can't come any more. */
  readonly broken: AbortSignal;
  breakOff(why: string, cause?: unknown): void;
  /** Calls back for each further signal of a person who doesn't want to wait. */
  onAgain(listener: () => void): void;
}

/** Listens from here on until this process ends. */
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
      // Nobody reads on (`| head`): the system's own word for that is a signal.
      if (error.code === 'EPIPE') {
        interrupted.abort(new Interrupted('SIGPIPE'));
      } else {
        breakOff("what it says can't be written", error);
      }
    });
  }
  process.on('uncaughtException', (error) => breakOff('an error that nobody caught', error));
  process.on('unhandledRejection', (error) => breakOff('an error that nobody caught', error));
  // Node's own warnings are about how this is written: nothing that a user could do anything about.
  process.removeAllListeners('warning');
  return {
    interrupted: interrupted.signal,
    broken: broken.signal,
    breakOff,
    onAgain: (listener) => impatient.push(listener),
  };
}

/** From the moment on in which this is loaded, which is the first thing that the command does. */
export const interruptions = listen();
