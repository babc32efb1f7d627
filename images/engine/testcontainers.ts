import {
  readTestcontainersEnvironment,
  setDockerVariables,
  type TestcontainersEnvironment,
} from '@meho/core/config/docker';
import { Registries } from '../registry/pull.ts';
import { dockerOf, statusOf } from './client.ts';
import type { Engine } from './engine.ts';

/** testcontainers 12's default for removing containers after a crash, which it doesn't export. */
const ryukImage = 'testcontainers/ryuk:0.14.0';

export interface TestcontainersVariables extends EngineVariables {
  readonly TESTCONTAINERS_RYUK_DISABLED: 'true' | 'false';
}

/** DOCKER_HOST takes precedence over any context. */
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
  /** For a registry's first answer. */
  readonly answerWithinMs?: number;
}

/** Enables ryuk if its image is available; otherwise our labels (`runs/`) do its work. */
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
 * Sets variables, testcontainers' only source, for this process and its children, which then needn't ask registries
 * again.
 */
export async function useWithTestcontainers(engine: Engine, options: TestcontainersOptions): Promise<void> {
  const variables = isRyukDecided(engine, readTestcontainersEnvironment())
    ? engineVariables(engine)
    : await testcontainersVariables(engine, options);
  setDockerVariables({ ...variables });
}

/** Whether ryuk is already decided: disabled by the user, or found in this engine. */
export function isRyukDecided(engine: Engine, { dockerHost, ryukDisabled }: TestcontainersEnvironment): boolean {
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
