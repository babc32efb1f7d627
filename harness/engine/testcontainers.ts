import { readTestcontainersEnvironment, setDockerVariables, type TestcontainersEnvironment } from '../config.ts';
import { dockerOf, statusOf } from './client.ts';
import type { Engine } from './engine.ts';
import { Registries } from './pull.ts';

/** What testcontainers 12 starts to remove containers after a crash; its own default, which it doesn't export. */
const ryukImage = 'testcontainers/ryuk:0.14.0';

export interface TestcontainersVariables extends EngineVariables {
  readonly TESTCONTAINERS_RYUK_DISABLED: 'true' | 'false';
}

/** How children of this process, and testcontainers, reach the engine that was taken: DOCKER_HOST comes before any context. */
export interface EngineVariables {
  readonly DOCKER_HOST: string;
  readonly DOCKER_TLS_VERIFY?: '1';
  readonly DOCKER_CERT_PATH?: string;
}

export function engineVariables({ host, tls }: Pick<Engine, 'host' | 'tls'>): EngineVariables {
  return { DOCKER_HOST: host, ...(tls === undefined ? {} : { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls.folder }) };
}

export interface TestcontainersOptions {
  readonly signal: AbortSignal;
  /** How long to wait for a registry's first answer, in milliseconds. */
  readonly answerWithinMs?: number;
}

/**
 * What testcontainers has to be told to use this engine. Ryuk is left on where its image is there or can be had, and
 * turned off elsewhere, where our own labels (`runs/`) do its work.
 */
export async function testcontainersVariables(
  engine: Engine,
  { signal, answerWithinMs = 5_000 }: TestcontainersOptions,
): Promise<TestcontainersVariables> {
  const hasRyuk =
    (await hasImage(engine, ryukImage)) ||
    (await new Registries(engine).pull(ryukImage, { answerWithinMs, deadlineMs: 60_000, signal })).outcome === 'pulled';
  return { ...engineVariables(engine), TESTCONTAINERS_RYUK_DISABLED: hasRyuk ? 'false' : 'true' };
}

/**
 * Sets the variables for this process and its children: testcontainers takes them from nowhere else. A child of a command
 * that has set them asks no registry again, which where nobody answers takes seconds each time.
 */
export async function useWithTestcontainers(engine: Engine, options: TestcontainersOptions): Promise<void> {
  const variables = isTold(engine, readTestcontainersEnvironment())
    ? engineVariables(engine)
    : await testcontainersVariables(engine, options);
  setDockerVariables({ ...variables });
}

/**
 * Whether nothing is left to find out: ryuk is off because somebody wants it so, or on because it was found to be there,
 * which holds for the engine in which it was found.
 */
export function isTold(engine: Engine, { dockerHost, ryukDisabled }: TestcontainersEnvironment): boolean {
  return ryukDisabled === true || (ryukDisabled === false && dockerHost === engine.host);
}

async function hasImage(engine: Engine, reference: string): Promise<boolean> {
  try {
    await dockerOf(engine).getImage(reference).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) {
      return false;
    }
    throw error;
  }
}
