import { Problem } from '../problem.ts';
import type { Progress } from '../report/progress.ts';
import { ping } from './client.ts';
import { canInstallPackages, ensureCommands } from './debian.ts';
import type { Engine } from './engine.ts';
import { hostOf, type PrivateEnginePlace, systemPlace } from './place.ts';
import { startPrivateEngine } from './private-engine.ts';
import { findEngine, findPrivateEngine, pingDeadlineMs } from './running-engine.ts';

export interface EnsureEngineOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** DOCKER_HOST, where it is set: then this engine is meant and no other. */
  readonly host?: string;
  readonly place?: PrivateEnginePlace;
}

/**
 * A Docker engine that answers: the one that DOCKER_HOST names, else one that Docker clients find on this machine,
 * else, as root on Debian, a private dockerd which is installed and started.
 *
 * @throws Problem saying what was tried and what to install
 */
export async function ensureEngine(options: EnsureEngineOptions): Promise<Engine> {
  const place = options.place ?? systemPlace;
  if (options.host !== undefined) {
    return namedEngine(options.host, place);
  }
  const { engine, tried } = await findEngine();
  if (engine !== undefined) {
    return engine;
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
    return running;
  }
  return progress.step('start a private Docker engine', async (step) => {
    step.update('installing what is missing');
    await ensureCommands(
      { dockerd: 'docker.io', containerd: 'containerd', runc: 'runc', iptables: 'iptables' },
      options,
    );
    const { engine: installed } = await findEngine();
    if (installed !== undefined) {
      return installed; // the package has started a service
    }
    step.update('waiting for dockerd');
    return startPrivateEngine(place, signal);
  });
}

async function namedEngine(host: string, place: PrivateEnginePlace): Promise<Engine> {
  const answer = await ping(host, pingDeadlineMs);
  if (!answer.answers) {
    throw new Problem({
      expected: `a Docker engine at DOCKER_HOST=${host}`,
      observed: `it does not answer (${answer.reason})`,
      next: 'start it, or unset DOCKER_HOST to have one found or started',
    });
  }
  return { host, version: answer.version, ours: host === hostOf(place) };
}
