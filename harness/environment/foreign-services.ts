import type { ServiceSecrets } from '../config.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { useWithTestcontainers } from '../engine/testcontainers.ts';
import type { ImageName } from '../images/catalog.ts';
import { ensureImages } from '../images/ensure-images.ts';
import type { Authority } from '../ingress/authority.ts';
import { UsageError } from '../problem.ts';
import { givenPostgres } from '../services/given-postgres.ts';
import type { GivenServices } from '../services/given-services.ts';
import { operatorToken } from '../services/operator-token.ts';
import { startPostgres } from '../services/postgres.ts';
import { startValkey } from '../services/valkey.ts';
import type { Environment, EnvironmentStart } from './environment.ts';
import { startFederation } from './federation.ts';
import type { Ground } from './ground.ts';
import { lent } from './lent.ts';
import type { EnvironmentRequest, ServicesBeside } from './request.ts';
import { allOrNothing } from './together.ts';

/** What is around a cluster that isn't ours. */
export interface Around
  extends Pick<Environment, 'image' | 'postgres' | 'valkey' | 'openId' | 'vault'>,
    Pick<Ground, 'trustBundle' | 'cidrs'> {}

/** Images of the services that are started beside a cluster. */
export const besideImages: readonly ImageName[] = ['postgres', 'valkey', 'openid', 'vault'];

/** Starts services on the network that the cluster's nodes are on. They go with the stack. */
export async function servicesBeside(
  { network }: ServicesBeside,
  { settings, labels }: EnvironmentRequest,
  authority: Authority,
  stack: AsyncDisposableStack,
  { progress, signal }: EnvironmentStart,
): Promise<Around> {
  const { cacheFolder, imageMode: mode } = settings;
  const engine = await ensureEngine({ progress, signal });
  await useWithTestcontainers(engine, { signal });
  const images = await ensureImages(besideImages, { engine, mode, progress, signal, cacheFolder });
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

/** Services that are there: what can be asked of them, and nothing that would take them away. */
export async function givenAround(
  given: GivenServices,
  labels: Readonly<Record<string, string>>,
  { postgresUrl, accessToken }: ServiceSecrets,
): Promise<Around> {
  if (postgresUrl === undefined) {
    throw new UsageError([
      "MEHO_POSTGRES_URL: expected the administrator's URL of the Postgres that --services is about",
    ]);
  }
  const postgres = givenPostgres(postgresUrl, given.postgres, labels);
  const { issuer, audience } = given.openId;
  return {
    image: (name) => {
      throw new Error(`image ${name} is not used on a cluster that isn't ours`);
    },
    postgres: lent<Environment['postgres']>('Postgres', { createDatabase: postgres.createDatabase }),
    valkey: lent<Environment['valkey']>('Valkey', {}),
    openId: lent<Environment['openId']>('OpenID provider', {
      issuer,
      audience,
      login: (operator) =>
        operator === 'operator'
          ? operatorToken(given.tokenCommand, accessToken)
          : Promise.reject(new Error(`nobody gives a token of the operator ${operator}`)),
    }),
    vault: lent<Environment['vault']>('Vault', { url: given.vault.address }),
    trustBundle: given.trustBundle,
    cidrs: { postgres: postgres.cidr, vault: given.vault.cidr, keycloak: given.openId.cidr },
  };
}
