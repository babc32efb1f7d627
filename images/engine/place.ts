import { join } from 'node:path';

/** Shares nothing with the system's dockerd. */
export interface PrivateEnginePlace {
  /** Socket, pid file and run-time state; lost at reboot. */
  readonly runFolder: string;
  readonly dataFolder: string;
  /** `none`: no bridge or firewall rules, so that tests can run one beside another. */
  readonly network: 'bridge' | 'none';
}

export const systemPlace: PrivateEnginePlace = {
  runFolder: '/run/meho-acceptance',
  dataFolder: '/var/lib/meho-acceptance',
  network: 'bridge',
};

const socketOf = (place: PrivateEnginePlace) => join(place.runFolder, 'docker.sock');
export const hostOf = (place: PrivateEnginePlace) => `unix://${socketOf(place)}`;
export const pidFileOf = (place: PrivateEnginePlace) => join(place.runFolder, 'docker.pid');
export const logOf = (place: PrivateEnginePlace) => join(place.dataFolder, 'dockerd.log');
