import { type DockerEnvironment, readDockerEnvironment } from '@meho/core/config/docker';
import { Problem } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import { ping } from './client.ts';
import { canInstallPackages, ensureCommands } from './debian.ts';
import { type EngineEndpoint, namedEndpoint } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { hostOf, type PrivateEnginePlace, systemPlace } from './place.ts';
import { startPrivateEngine } from './private-engine.ts';
import { findEngine, findPrivateEngine, pingDeadlineMs } from './running-engine.ts';

export interface EnsureEngineOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Defaults to this process's environment. */
  readonly docker?: DockerEnvironment;
  readonly place?: PrivateEnginePlace;
}

/**
 * Uses the engine that DOCKER_HOST or a context names, and no other; if none is named, one that Docker clients find;
 * failing that, as root on Debian, installs a private dockerd.
 *
 * @throws UsageError for a broken name; Problem listing what was tried and what to install
 */
export async function ensureEngine(options: EnsureEngineOptions): Promise<Engine> {
  const place = options.place ?? systemPlace;
  const named = namedEndpoint(options.docker ?? readDockerEnvironment());
  if (named !== undefined) {
    return reportEngine(await namedEngine(named, place), named.source, options);
  }
  const { engine, source, tried } = await findEngine();
  if (engine !== undefined) {
    return reportEngine(engine, source, options);
  }
  if (process.platform !== 'linux' || !(await canInstallPackages())) {
    throw new Problem({
      expected: 'a Docker engine',
      observed: `none answers (${tried.join('; ')}) and one can be started from here only as root on Debian or Ubuntu`,
      next: 'install and start Docker (https://docs.docker.com/engine/install), or set DOCKER_HOST to one that runs',
    });
  }
  const { progress, signal } = options;
  const running = await findPrivateEngine(place);
  if (running !== undefined) {
    return reportEngine(running, 'private engine', options);
  }
  return progress.step('start a private Docker engine', async (step) => {
    step.update('installing what is missing');
    await ensureCommands(
      { dockerd: 'docker.io', containerd: 'containerd', runc: 'runc', iptables: 'iptables' },
      options,
    );
    const { engine: installed, source: found } = await findEngine();
    if (installed !== undefined) {
      return reportEngine(installed, found, options);
    }
    step.update('waiting for dockerd');
    return reportEngine(await startPrivateEngine(place, signal), 'private engine', options);
  });
}

async function namedEngine(endpoint: EngineEndpoint, place: PrivateEnginePlace): Promise<Engine> {
  const { host, source, tls } = endpoint;
  const answer = await ping(endpoint, pingDeadlineMs);
  if (!answer.answers) {
    throw new Problem({
      expected: `a Docker engine at ${host}, which ${source} names`,
      observed: `it does not answer (${answer.reason})`,
      next: `start it, or ${unsetHint(source)} to have one found or started`,
    });
  }
  return { host, version: answer.version, ours: host === hostOf(place), ...(tls === undefined ? {} : { tls }) };
}

export function unsetHint(source: string): string {
  const variable = /DOCKER_[A-Z_]+/.exec(source)?.[0];
  return variable === undefined ? 'run `docker context use default`' : `unset ${variable}`;
}

const toldTo = new WeakMap<Progress, string>();

function reportEngine(engine: Engine, source: string, { progress }: EnsureEngineOptions): Engine {
  const line = `Docker engine ${engine.version} at ${engine.host} (${source})`;
  if (toldTo.get(progress) !== line) {
    toldTo.set(progress, line);
    progress.note(line);
  }
  return engine;
}
