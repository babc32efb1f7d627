import type { ImageRecipe } from '../../recipe.ts';
import { keycloakDistribution } from './distribution.ts';

/** A real Keycloak on Debian's Java, its features and its kind of database fixed. README.md says how it is used. */
export const recipe: ImageRecipe = {
  rootfs: { suite: 'trixie', packages: ['openjdk-21-jre-headless'] },
  files: [
    keycloakDistribution('/opt/keycloak'),
    { from: 'keycloak/start.sh', to: '/usr/local/bin/start-keycloak', mode: 0o755 },
  ],
  config: {
    entrypoint: ['/usr/local/bin/start-keycloak'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8' },
    workdir: '/opt/keycloak',
    exposedPorts: ['443/tcp'],
  },
};
