import type { KubernetesObject } from '@kubernetes/client-node';
import { UsageError } from '@meho/core/problem';
import { applyFit } from '@meho/helm/fit-values';
import { ValuesError } from '@meho/helm/render';
import { coalesceValues, type Values } from '@meho/helm/values';
import type { ImageParts } from '../environment/judged-image.ts';
import { installObjectNames } from '../install-target/install-values.ts';
import { trustPlaceholder } from '../install-target/objects-file.ts';
import type { SettledFit } from './find-value-fit.ts';
import { findTrustMounts, type TrustMount, type TrustSource } from './trust-mounts.ts';
import { bundleValues, variableValues, volumeValues } from './trust-values.ts';
import type { ValueFit } from './value-fit.ts';

export interface TrustOptions {
  readonly image: ImageParts;
  readonly hasTrustBundle: boolean;
  /** Whether the judged image can be replaced by one with the authorities. */
  readonly imageCanTrust: boolean;
  readonly trustObjects: readonly TrustSource[];
  /** What the chart renders without any of this; undefined if it needs its cluster to render. */
  readonly objects: readonly KubernetesObject[] | undefined;
  /** The chart's values under the operator's. */
  readonly known: Values;
  /** Renders more values, as far as the chart takes them. @throws ValuesError */
  readonly render: (more: Values) => Promise<SettledFit>;
}

export interface TrustResult {
  readonly fit:
    | Pick<ValueFit, 'trust' | 'trustValues' | 'leftOut' | 'asText'>
    | Pick<ValueFit, 'trust' | 'trustValues'>;
  readonly objects?: readonly KubernetesObject[];
}

const ownSource: TrustSource = { kind: 'ConfigMap', name: installObjectNames.trustBundle };

/**
 * Finds the first way, confirmed in the rendered chart, for pods to trust the run's authorities.
 *
 * @throws UsageError naming the three ways
 */
export async function findTrust(asked: TrustOptions): Promise<TrustResult> {
  const { hasTrustBundle, imageCanTrust, objects, trustObjects } = asked;
  if (!hasTrustBundle) {
    return { fit: { trust: 'not needed', trustValues: {} } };
  }
  const isGiven = [ownSource, ...trustObjects].some((source) => {
    const sights = sightsOf(asked, objects, source);
    // Mounted by an operator where the image already looks, so no variable is required.
    return sights.length > 0 && sights.every(({ mountedAt }) => mountedAt.length > 0);
  });
  if (isGiven) {
    return { fit: { trust: 'given', trustValues: {} } };
  }
  const byValues = (await byBundle(asked)) ?? (await byVolumes(asked));
  if (byValues !== undefined) {
    return byValues;
  }
  if (imageCanTrust) {
    return { fit: { trust: 'image', trustValues: {} } };
  }
  throw new UsageError([noWay(asked)]);
}

async function byBundle(asked: TrustOptions): Promise<TrustResult | undefined> {
  return attempt(asked, bundleValues);
}

async function byVolumes(asked: TrustOptions): Promise<TrustResult | undefined> {
  const volumes = volumeValues(asked.known);
  const mounted = await tried(asked, volumes);
  const [mountedAt] = sightsOf(asked, mounted?.objects, ownSource).flatMap((sight) => sight.mountedAt);
  if (mountedAt === undefined) {
    return undefined;
  }
  for (const shape of ['list', 'table'] as const) {
    const found = await attempt(asked, coalesceValues(volumes, variableValues(asked.known, mountedAt, shape)));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

async function attempt(asked: TrustOptions, values: Values): Promise<TrustResult | undefined> {
  const settled = await tried(asked, values);
  const sights = sightsOf(asked, settled?.objects, ownSource);
  if (settled === undefined || sights.length === 0 || sights.some(({ variables }) => variables.length === 0)) {
    return undefined;
  }
  const { fit, objects = [] } = settled;
  return { fit: { ...fit, trust: 'values', trustValues: applyFit(values, fit) }, objects };
}

async function tried({ render }: TrustOptions, values: Values): Promise<SettledFit | undefined> {
  try {
    return await render(values);
  } catch (error) {
    if (error instanceof ValuesError) {
      return undefined;
    }
    throw error;
  }
}

/** Leaves out hooks: the migration uses neither Vault nor the issuer. */
function sightsOf(
  { image }: TrustOptions,
  objects: readonly KubernetesObject[] | undefined,
  source: TrustSource,
): readonly TrustMount[] {
  return findTrustMounts(objects ?? [], `${image.repository}:${image.tag}`, source).filter(({ isHook }) => !isHook);
}

function noWay({ image }: TrustOptions): string {
  const { trustBundle } = installObjectNames;
  return [
    `trust: expected a way for pods of ${image.repository}:${image.tag} to trust the authorities of Vault and the OpenID provider,`,
    'but what the chart renders has none: neither trustBundle nor extraVolumes with extraEnv reach them;',
    `mount ConfigMap ${trustBundle} (key ca.crt), which the run makes in each namespace, by --values;`,
    `or give an object that the chart mounts by --objects, with ${trustPlaceholder} where the certificates belong;`,
    'or judge an image that trusts them by itself and take trustBundle out of --services',
  ].join(' ');
}
