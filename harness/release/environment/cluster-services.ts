import type { ServiceSecrets } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import type { Authority } from '@meho/core/testing/authority';
import type { ImageName } from '@meho/images/catalog';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { useWithTestcontainers } from '@meho/images/engine/testcontainers';
import { ensureImages } from '@meho/images/ensure-images';
import { externalPostgres } from '../../services/external-postgres.ts';
import type { ExternalServices } from '../../services/external-services.ts';
import { operatorToken } from '../../services/operator-token.ts';
import { startPostgres } from '../../services/postgres.ts';
import { startValkey } from '../../services/valkey.ts';
import { startFederation } from '../smoke/federation.ts';
import { allOrNothing } from './all-or-nothing.ts';
import type { ClusterDefaults } from './cluster-defaults.ts';
import type { Environment, EnvironmentStart } from './environment.ts';
import { externalService } from './external-service.ts';
import type { AdjacentServices, EnvironmentRequest } from './request.ts';

export interface ClusterServices
  extends Pick<Environment, 'image' | 'postgres' | 'valkey' | 'openId' | 'vault'>,
    Pick<ClusterDefaults, 'trustBundle' | 'cidrs'> {}

export const adjacentServiceImages: readonly ImageName[] = ['postgres', 'valkey', 'openid', 'vault'];

/** Starts services on the nodes' network; the stack removes them. */
export async function startAdjacentServices(
  { network }: AdjacentServices,
  { settings, labels }: EnvironmentRequest,
  authority: Authority,
  stack: AsyncDisposableStack,
  { progress, signal }: EnvironmentStart,
): Promise<ClusterServices> {
  const { cacheFolder, imageMode: mode, imageRegistry: registry } = settings;
  const engine = await ensureEngine({ progress, signal });
  await useWithTestcontainers(engine, { signal });
  const images = await ensureImages(adjacentServiceImages, {
    engine,
    mode,
    registry,
    progress,
    signal,
    cacheFolder,
  });
  const image: Environment['image'] = (name) => {
    const found = images.get(name);
    if (found === undefined) {
      throw new Error(`image ${name} is not used on a cluster that isn't ours`);
    }
    return found;
  };
  const place = (name: ImageName) => ({ image: image(name), labels, network, signal });
  const [postgres, valkey, federation] = await allOrNothing(stack, [
    progress.step('Postgres beside the cluster', () => startPostgres(place('postgres'))),
    progress.step('Valkey beside the cluster', () => startValkey(place('valkey'))),
    progress.step('OpenID provider and Vault beside the cluster', () => startFederation(authority, place)),
  ]);
  const { openId, vault } = federation;
  return {
    image,
    postgres,
    valkey,
    openId,
    vault,
    trustBundle: authority.certificatePem,
    cidrs: { postgres: `${postgres.address}/32`, vault: `${vault.address}/32`, keycloak: `${openId.address}/32` },
  };
}

/** Wraps external services without any way to take them away. */
export async function connectExternalServices(
  given: ExternalServices,
  labels: Readonly<Record<string, string>>,
  { postgresUrl, accessToken }: ServiceSecrets,
): Promise<ClusterServices> {
  if (postgresUrl === undefined) {
    throw new UsageError([
      "MEHO_POSTGRES_URL: expected the administrator's URL of the Postgres that --services is about",
    ]);
  }
  const postgres = externalPostgres(postgresUrl, given.postgres, labels);
  const { issuer, audience } = given.openId;
  return {
    image: (name) => {
      throw new Error(`image ${name} is not used on a cluster that isn't ours`);
    },
    postgres: externalService<Environment['postgres']>('Postgres', { createDatabase: postgres.createDatabase }),
    valkey: externalService<Environment['valkey']>('Valkey', {}),
    openId: externalService<Environment['openId']>('OpenID provider', {
      issuer,
      audience,
      login: (operator) =>
        operator === 'operator'
          ? operatorToken(given.tokenCommand, accessToken)
          : Promise.reject(new Error(`nobody gives a token of the operator ${operator}`)),
    }),
    vault: externalService<Environment['vault']>('Vault', { url: given.vault.address }),
    trustBundle: given.trustBundle,
    cidrs: { postgres: postgres.cidr, vault: given.vault.cidr, keycloak: given.openId.cidr },
  };
}
