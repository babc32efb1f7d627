import type Docker from 'dockerode';

/** One line of what an engine tells while it pulls or loads. */
export interface EngineEvent {
  readonly status?: string;
  readonly progress?: string;
  readonly stream?: string;
  /** What it failed for. It has said 200 long before, so that nothing else tells. */
  readonly error?: string;
}

/**
 * Follows an engine's answer to its end.
 *
 * @throws Error with the engine's words when it fails on the way, which its client doesn't notice
 */
export function followed(
  docker: Docker,
  answer: NodeJS.ReadableStream,
  onEvent: (event: EngineEvent) => void = () => undefined,
): Promise<void> {
  let failure: string | undefined;
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(
      answer,
      (error) => {
        if (error !== null) {
          reject(error);
        } else if (failure !== undefined) {
          reject(new Error(failure));
        } else {
          resolve();
        }
      },
      (event: EngineEvent) => {
        failure ??= event.error;
        onEvent(event);
      },
    );
  });
}
