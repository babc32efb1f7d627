import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Where an engine might answer, and who says so: it is named when none does. */
export interface Candidate {
  readonly host: string;
  readonly source: string;
}

/** Where Docker clients and testcontainers look for an engine when no DOCKER_HOST is set, most specific first. */
export async function candidates(home = homedir(), uid = userInfo().uid): Promise<readonly Candidate[]> {
  const context = await currentContext(home);
  const sockets = [
    '/var/run/docker.sock',
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    `/run/user/${uid}/docker.sock`,
  ];
  return [
    ...(context === undefined ? [] : [context]),
    ...sockets.map((socket) => ({ host: `unix://${socket}`, source: 'usual place' })),
  ];
}

/**
 * The engine of the current Docker context, unless that is the default one. A configuration that can't be read counts
 * as none, since the usual places come next and the one that is missing is then named.
 */
async function currentContext(home: string): Promise<Candidate | undefined> {
  const folder = join(home, '.docker');
  const config = await readJson(join(folder, 'config.json'));
  const name = field(config, 'currentContext');
  if (typeof name !== 'string' || name === '' || name === 'default') {
    return undefined;
  }
  const key = createHash('sha256').update(name).digest('hex');
  const meta = await readJson(join(folder, 'contexts', 'meta', key, 'meta.json'));
  const host = field(field(field(meta, 'Endpoints'), 'docker'), 'Host');
  return typeof host === 'string' ? { host, source: `Docker context ${name}` } : undefined;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
