import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { EngineEndpoint } from './endpoint.ts';

export function candidates(home = homedir(), uid = userInfo().uid): readonly EngineEndpoint[] {
  return [
    '/var/run/docker.sock',
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    `/run/user/${uid}/docker.sock`,
  ].map((socket) => ({ host: `unix://${socket}`, source: 'usual place' }));
}
