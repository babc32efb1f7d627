import type { ImageRecipe } from '../../recipe.ts';

/** Used like valkey/valkey. */
export const recipe: ImageRecipe = {
  rootfs: {
    suite: 'sid',
    packages: ['valkey-server', 'valkey-tools'],
    exclude: ['/etc/valkey/*', '/var/lib/valkey/*'],
  },
  files: [{ from: 'valkey/docker-entrypoint.sh', to: '/usr/local/bin/docker-entrypoint.sh', mode: 0o755 }],
  config: {
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['valkey-server'],
    workdir: '/data',
    exposedPorts: ['6379/tcp'],
    volumes: ['/data'],
  },
};
