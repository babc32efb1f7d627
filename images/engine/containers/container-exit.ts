import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { Container } from 'dockerode';

export interface ContainerExit {
  readonly exitCode: number;
  /** Both streams. */
  readonly output: string;
}

export async function waitForExit(container: Container, what: string, deadlineMs: number): Promise<ContainerExit> {
  const exitCode = await waitFor(
    `${what} to end`,
    async () => {
      const { State: state } = await container.inspect();
      return state.Running ? notYet('it runs') : holds(state.ExitCode);
    },
    { deadlineMs, intervalMs: 50 },
  );
  return { exitCode, output: await outputOf(container) };
}

/** What it has written so far, or the last `lines` of it, without waiting for more. For containers without a terminal. */
export async function outputOf(container: Container, lines?: number): Promise<string> {
  const tail = lines === undefined ? {} : { tail: lines };
  return withoutFrames(await container.logs({ stdout: true, stderr: true, follow: false as const, ...tail }));
}

const headerLength = 8;

/** Without a terminal the engine precedes each piece by its stream and length; one may end within a character. */
export function withoutFrames(framed: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + headerLength <= framed.length; ) {
    const end = at + headerLength + framed.readUInt32BE(at + 4);
    pieces.push(framed.subarray(at + headerLength, end));
    at = end;
  }
  return Buffer.concat(pieces).toString();
}
