import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@meho/core/problem';
import { chooseAddresses, hostRoutes, outgoingMtu } from './addresses.ts';
import { boundedRuntime, hostLacksCapabilities } from './bounding-set.ts';
import { hostOf, type PrivateEnginePlace, pidFileOf } from './place.ts';

export async function daemonArguments(place: PrivateEnginePlace, signal: AbortSignal): Promise<readonly string[]> {
  return [
    '--host',
    hostOf(place),
    '--data-root',
    join(place.dataFolder, 'docker'),
    '--exec-root',
    join(place.runFolder, 'exec'),
    '--pidfile',
    pidFileOf(place),
    // Separates our containers in a containerd shared with the system.
    '--containerd-namespace',
    'meho-acceptance',
    '--containerd-plugins-namespace',
    'meho-acceptance-plugins',
    ...(place.network === 'none' ? ['--bridge', 'none', '--iptables=false'] : await bridgeArguments()),
    // dockerd's default on cgroup v2 needs systemd.
    ...((await hasSystemd()) ? [] : ['--exec-opt', 'native.cgroupdriver=cgroupfs']),
    ...(await runtimeArguments(place, signal)),
    '--log-level',
    'warn',
  ];
}

async function bridgeArguments(): Promise<readonly string[]> {
  const routes = await hostRoutes();
  const addresses = chooseAddresses(routes);
  if (addresses === undefined) {
    throw new Problem({
      expected: 'a free IPv4 range for containers among 10.213.0.0/16 to 10.220.0.0/16',
      observed: "this host's routes use them all",
      next: 'start a Docker engine with ranges of your own and set DOCKER_HOST',
    });
  }
  const mtu = await outgoingMtu(routes);
  return [
    '--bip',
    addresses.bridge,
    '--default-address-pool',
    addresses.pool,
    ...(mtu === undefined ? [] : ['--mtu', String(mtu)]),
  ];
}

async function runtimeArguments(place: PrivateEnginePlace, signal: AbortSignal): Promise<readonly string[]> {
  if (!(await hostLacksCapabilities())) {
    return [];
  }
  const runtime = await boundedRuntime(join(place.dataFolder, 'bin'), signal);
  return ['--add-runtime', `runc-bounded=${runtime}`, '--default-runtime', 'runc-bounded'];
}

async function hasSystemd(): Promise<boolean> {
  return access('/run/systemd/system').then(
    () => true,
    () => false,
  );
}
