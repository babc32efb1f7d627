import { readFile, rename, writeFile } from 'node:fs/promises';
import { UsageError } from '@meho/core/problem';
import type { Progress } from '@meho/core/report/progress';
import type { Authority, ServerCertificate } from '@meho/core/testing/authority';
import type { ImageName } from '@meho/images/catalog';
import { createNetwork } from '@meho/images/engine/containers/network';
import type { Engine } from '@meho/images/engine/engine';
import type { ResolvedImage } from '@meho/images/image';
import {
  attachToIngressController,
  type StartedIngressController,
  startIngressController,
} from '../../clusters/ingress/controller.ts';
import { ingressNodePort, K3sCluster } from '../../clusters/k3s.ts';
import type { K3sState, StartedK3sCluster } from '../../clusters/started-k3s.ts';
import type { OpenIdState, StartedOpenId } from '../../services/openid.ts';
import { type PostgresState, type StartedPostgres, startPostgres } from '../../services/postgres.ts';
import { type StartedValkey, startValkey } from '../../services/valkey.ts';
import type { StartedVault } from '../../services/vault.ts';
import { startFederation } from '../smoke/federation.ts';
import { allOrNothing } from './all-or-nothing.ts';

/** What releases stand on: a managed cluster with ingress, and the services beside it. */
export interface Foundation {
  readonly authority: Authority;
  readonly network: { readonly name: string; readonly id: string };
  readonly cluster: StartedK3sCluster;
  readonly postgres: StartedPostgres;
  readonly valkey: StartedValkey;
  readonly openId: StartedOpenId;
  readonly vault: StartedVault;
  readonly ingress: StartedIngressController;
}

/** For another process to attach to. Secret. */
export interface FoundationState {
  /** Of the Docker engine that runs it. */
  readonly engine: string;
  readonly authority: ServerCertificate;
  readonly cluster: K3sState;
  readonly postgres: PostgresState;
  readonly valkey: string;
  readonly openId: OpenIdState;
  readonly vault: string;
}

export interface FoundationStart {
  readonly authority: Authority;
  readonly image: (name: ImageName) => ResolvedImage;
  readonly nodeImages: readonly ResolvedImage[];
  readonly labels: Readonly<Record<string, string>>;
  readonly engine: Engine;
  readonly cacheFolder: string;
  /** Of another process, which goes on owning it; absent: a new one. */
  readonly state: FoundationState | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** The stack removes what was started, and leaves what was attached to. */
export async function startFoundation(start: FoundationStart, stack: AsyncDisposableStack): Promise<Foundation> {
  const { authority, image, nodeImages: images, labels, engine, cacheFolder, state, progress, signal } = start;
  const network = state?.cluster.network ?? stack.use(await createNetwork(labels));
  const place = (name: ImageName, running?: string) => ({
    ...{ image: image(name), labels, network, signal },
    ...(running === undefined ? {} : { running }),
  });
  const [node, agnhost] = [image('node'), image('agnhost')];
  const provider = new K3sCluster({ node, agnhost, labels, network, engine, cacheFolder });
  const [cluster, postgres, valkey, { openId, vault }] = await allOrNothing(stack, [
    state === undefined
      ? provider.start({ progress, signal, images })
      : progress.step('attach to the cluster', () => provider.attach(state.cluster, { signal, images })),
    progress.step('Postgres beside the cluster', () =>
      startPostgres(place('postgres', state?.postgres.id), state?.postgres.password),
    ),
    progress.step('Valkey beside the cluster', () => startValkey(place('valkey', state?.valkey))),
    progress.step('OpenID provider and Vault beside the cluster', () => startFederation(authority, place, state)),
  ]);
  const around = { cluster, authority, nodePort: ingressNodePort, signal };
  const ingress = stack.use(
    await (state === undefined
      ? startIngressController({ ...around, image: image('skipper'), labels, progress })
      : attachToIngressController(around)),
  );
  return { authority, network, cluster, postgres, valkey, openId, vault, ingress };
}

/** Readable by this user only, and there in one step. */
export async function writeFoundation(file: string, foundation: Foundation, { host }: Engine): Promise<void> {
  const { authority, cluster, postgres, valkey, openId, vault } = foundation;
  const state: FoundationState = {
    engine: host,
    authority: await authority.state(),
    cluster: cluster.state,
    postgres: postgres.state,
    valkey: valkey.id,
    openId: openId.state,
    vault: vault.id,
  };
  await writeFile(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** @throws UsageError, one line, where it is in another engine */
export async function readFoundation(file: string, { host }: Engine): Promise<FoundationState> {
  const state = JSON.parse(await readFile(file, 'utf8')) as FoundationState;
  if (state.engine !== host) {
    throw new UsageError([
      `--use up: what is up runs in the Docker engine at ${state.engine}, and this run uses ${host}`,
    ]);
  }
  return state;
}
