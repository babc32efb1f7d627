import { type DockerEnvironment, readDockerEnvironment } from '../config.ts';
import { Problem } from '../problem.ts';
import type { Progress } from '../report/progress.ts';
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
  /** What names the engine; by default this process's environment. */
  readonly docker?: DockerEnvironment;
  readonly place?: PrivateEnginePlace;
}

/**
 * A Docker engine that answers: the one that DOCKER_HOST or a Docker context names and no other; where none is named, one
 * that Docker clients find on this machine, else, as root on Debian, a private dockerd which is installed and started.
 *
 * @throws UsageError where what names one is broken; Problem saying what was tried and what to install
 */
export async function ensureEngine(options: EnsureEngineOptions): Promise<Engine> {
  const place = options.place ?? systemPlace;
  const named = namedEndpoint(options.docker ?? readDockerEnvironment());
  if (named !== undefined) {
    return told(await namedEngine(named, place), named.source, options);
  }
  const { engine, source, tried } = await findEngine();
  if (engine !== undefined) {
    return told(engine, source, options);
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
    return told(running, 'private engine', options);
  }
  return progress.step('start a private Docker engine', async (step) => {
    step.update('installing what is missing');
    await ensureCommands(
      { dockerd: 'docker.io', containerd: 'containerd', runc: 'runc', iptables: 'iptables' },
      options,
    );
    const { engine: installed, source: found } = await findEngine();
    if (installed !== undefined) {
      return told(installed, found, options); // the package has started a service
    }
    step.update('waiting for dockerd');
    return told(await startPrivateEngine(place, signal), 'private engine', options);
  });
}

async function namedEngine(endpoint: EngineEndpoint, place: PrivateEnginePlace): Promise<Engine> {
  const { host, source, tls } = endpoint;
  const answer = await ping(endpoint, pingDeadlineMs);
  if (!answer.answers) {
    throw new Problem({
      expected: `a Docker engine at ${host}, which ${source} names`,
      observed: `it does not answer (${answer.reason})`,
      next: `start it, or ${withdraw(source)} to have one found or started`,
    });
  }
  return { host, version: answer.version, ours: host === hostOf(place), ...(tls === undefined ? {} : { tls }) };
}

/** How to have nobody name an engine any more. */
export function withdraw(source: string): string {
  const variable = /DOCKER_[A-Z_]+/.exec(source)?.[0];
  return variable === undefined ? 'run `docker context use default`' : `unset ${variable}`;
}

/** Whoever runs this sees once which engine was taken, and who named it. */
const toldTo = new WeakMap<Progress, string>();

function told(engine: Engine, source: string, { progress }: EnsureEngineOptions): Engine {
  const line = `Docker engine ${engine.version} at ${engine.host} (${source})`;
  if (toldTo.get(progress) !== line) {
    toldTo.set(progress, line);
    progress.note(line);
  }
  return engine;
}
