import type Docker from 'dockerode';

export interface EngineEvent {
  readonly status?: string;
  readonly progress?: string;
  readonly stream?: string;
  /** What a push has put there. */
  readonly aux?: { readonly Digest?: string };
  /** The only sign of failure: the status was 200. */
  readonly error?: string;
}

/** @throws Error with the engine's message if it fails midway, which its client doesn't notice */
export function followStream(
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
