import type { Socket } from 'node:net';
import type { Phase } from './transport-error.ts';

/** In milliseconds; a kept connection costs nothing to open. */
export interface Timing {
  /** Name look-up and TCP. */
  readonly connectMs: number;
  readonly tlsMs: number;
  /** Until the answer's head. */
  readonly waitMs: number;
  readonly readMs: number;
}

/** When a request reached each phase. */
export interface Progress {
  phase: Phase;
  readonly reached: Partial<Record<Phase, number>>;
}

export function begun(): Progress {
  return { phase: 'connecting', reached: { connecting: performance.now() } };
}

export function reach(progress: Progress, phase: Phase): void {
  progress.phase = phase;
  progress.reached[phase] = performance.now();
}

/** A skipped phase took no time. */
export function timingOf({ reached }: Progress): Timing {
  const end = performance.now();
  const reading = reached.reading ?? end;
  const asking = reached.asking ?? reading;
  const securing = reached.securing ?? asking;
  const connecting = reached.connecting ?? securing;
  return {
    connectMs: securing - connecting,
    tlsMs: asking - securing,
    waitMs: reading - asking,
    readMs: end - reading,
  };
}

/** A kept connection would collect dead listeners. */
export function follow(socket: Socket, progress: Progress): void {
  const securing = 'secureConnecting' in socket && socket.secureConnecting === true;
  if (socket.connecting) {
    socket.once('connect', () => reach(progress, securing ? 'securing' : 'asking'));
  } else {
    reach(progress, securing ? 'securing' : 'asking');
  }
  if (securing) {
    socket.once('secureConnect', () => reach(progress, 'asking'));
  }
}
