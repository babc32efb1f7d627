import { join } from 'node:path';

/** Where a private dockerd lives. Nothing of it is shared with a dockerd of the system. */
export interface PrivateEnginePlace {
  /** Socket, pid file and run-time state; gone after a boot. */
  readonly runFolder: string;
  /** Images, log and the runtime. */
  readonly dataFolder: string;
  /** `none`: without bridge and firewall rules, so that it may run beside another of ours, as in tests. */
  readonly network: 'bridge' | 'none';
}

/** The project's one private engine on a machine. */
export const systemPlace: PrivateEnginePlace = {
  runFolder: '/run/meho-acceptance',
  dataFolder: '/var/lib/meho-acceptance',
  network: 'bridge',
};

const socketOf = (place: PrivateEnginePlace) => join(place.runFolder, 'docker.sock');
/** As DOCKER_HOST takes it. */
export const hostOf = (place: PrivateEnginePlace) => `unix://${socketOf(place)}`;
export const pidFileOf = (place: PrivateEnginePlace) => join(place.runFolder, 'docker.pid');
export const logOf = (place: PrivateEnginePlace) => join(place.dataFolder, 'dockerd.log');
