import { EventEmitter } from 'node:events';
import type { EndingSignal, SignalSource } from './run-command.ts';

/**
 * Signals of this process, and SIGPIPE where nobody reads what it says any more. The system's own SIGPIPE is left alone:
 * whoever listens to it also gets it for every socket whose other end has gone.
 */
export function endingSignalsOf(
  signals: SignalSource,
  streams: readonly Pick<NodeJS.WritableStream, 'on'>[],
): SignalSource {
  const readers = new EventEmitter();
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') {
        throw error;
      }
      readers.emit('SIGPIPE', 'SIGPIPE');
    });
  }
  const source = (signal: EndingSignal): SignalSource => (signal === 'SIGPIPE' ? readers : signals);
  return {
    on: (signal, listener) => source(signal).on(signal, listener),
    off: (signal, listener) => source(signal).off(signal, listener),
  };
}
