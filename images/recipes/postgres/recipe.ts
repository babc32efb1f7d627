import type { ImageRecipe } from '../../recipe.ts';

const version = '17';

/** Used like pgvector/pgvector, the official image with the extension. */
export const recipe: ImageRecipe = {
  rootfs: {
    suite: 'trixie',
    packages: [`postgresql-${version}`, `postgresql-${version}-pgvector`],
    exclude: [
      // Without it, queries aren't JIT-compiled; it is a third of the image.
      '/usr/lib/*/libLLVM*',
      `/usr/lib/postgresql/${version}/lib/bitcode*`,
      `/usr/lib/postgresql/${version}/lib/llvmjit*`,
      '/etc/postgresql/*',
    ],
  },
  files: [{ from: 'postgres/docker-entrypoint.sh', to: '/usr/local/bin/docker-entrypoint.sh', mode: 0o755 }],
  config: {
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['postgres'],
    env: {
      PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/${version}/bin`,
      PG_MAJOR: version,
      PGDATA: '/var/lib/postgresql/data',
      LANG: 'C.UTF-8',
    },
    exposedPorts: ['5432/tcp'],
    volumes: ['/var/lib/postgresql/data'],
  },
};
