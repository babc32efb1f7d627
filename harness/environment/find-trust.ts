import type { KubernetesObject } from '@kubernetes/client-node';
import { fitted } from '../helm/fit-values.ts';
import { ValuesError } from '../helm/render.ts';
import { coalesced, type Values } from '../helm/values.ts';
import { UsageError } from '../problem.ts';
import type { Settled } from './fit-subject.ts';
import { trustPlaceholder } from './given-objects.ts';
import type { ImageParts } from './judged-image.ts';
import { siteNames } from './site-values.ts';
import type { SubjectFit } from './subject-fit.ts';
import { type TrustSight, type TrustSource, trustIn } from './trust-in.ts';
import { bundleValues, variableValues, volumeValues } from './trust-values.ts';

export interface TrustQuestion {
  readonly image: ImageParts;
  /** Whether there are authorities that the release has to trust. */
  readonly hasTrustBundle: boolean;
  /** Whether the judged image can be replaced by one that has them among its own. */
  readonly imageCanTrust: boolean;
  /** Objects of the operator's that hold them. */
  readonly trustObjects: readonly TrustSource[];
  /** What the chart renders without any of this; undefined for one that renders only in sight of its cluster. */
  readonly objects: readonly KubernetesObject[] | undefined;
  /** The chart's own values under the operator's. */
  readonly known: Values;
  /** Renders it with more values, as far as the chart takes them. @throws ValuesError */
  readonly render: (more: Values) => Promise<Settled>;
}

export interface FoundTrust {
  readonly fit:
    | Pick<SubjectFit, 'trust' | 'trustValues' | 'leftOut' | 'asText'>
    | Pick<SubjectFit, 'trust' | 'trustValues'>;
  readonly objects?: readonly KubernetesObject[];
}

/** In the namespace of each site, whatever the chart makes of it. */
const ownSource: TrustSource = { kind: 'ConfigMap', name: siteNames.trustBundle };

/**
 * How pods of the judged image come to trust the run's authorities: by the first way that is seen to work in what the
 * chart renders.
 *
 * @throws UsageError naming the three ways where none is there
 */
export async function findTrust(asked: TrustQuestion): Promise<FoundTrust> {
  const { hasTrustBundle, imageCanTrust, objects, trustObjects } = asked;
  if (!hasTrustBundle) {
    return { fit: { trust: 'not needed', trustValues: {} } };
  }
  const isGiven = [ownSource, ...trustObjects].some((source) => {
    const sights = sightsOf(asked, objects, source);
    // Where an operator mounts it is where the image looks: it need not be told by a variable.
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

async function byBundle(asked: TrustQuestion): Promise<FoundTrust | undefined> {
  return attempt(asked, bundleValues);
}

async function byVolumes(asked: TrustQuestion): Promise<FoundTrust | undefined> {
  const volumes = volumeValues(asked.known);
  const mounted = await tried(asked, volumes);
  const [mountedAt] = sightsOf(asked, mounted?.objects, ownSource).flatMap((sight) => sight.mountedAt);
  if (mountedAt === undefined) {
    return undefined;
  }
  for (const shape of ['list', 'table'] as const) {
    const found = await attempt(asked, coalesced(volumes, variableValues(asked.known, mountedAt, shape)));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** The values as a way of trust, if they are seen to be one. */
async function attempt(asked: TrustQuestion, values: Values): Promise<FoundTrust | undefined> {
  const settled = await tried(asked, values);
  const sights = sightsOf(asked, settled?.objects, ownSource);
  if (settled === undefined || sights.length === 0 || sights.some(({ variables }) => variables.length === 0)) {
    return undefined;
  }
  const { fit, objects = [] } = settled;
  return { fit: { ...fit, trust: 'values', trustValues: fitted(values, fit) }, objects };
}

async function tried({ render }: TrustQuestion, values: Values): Promise<Settled | undefined> {
  try {
    return await render(values);
  } catch (error) {
    if (error instanceof ValuesError) {
      return undefined;
    }
    throw error;
  }
}

/** Hooks are the migration's, which asks neither Vault nor the issuer. */
function sightsOf(
  { image }: TrustQuestion,
  objects: readonly KubernetesObject[] | undefined,
  source: TrustSource,
): readonly TrustSight[] {
  return trustIn(objects ?? [], `${image.repository}:${image.tag}`, source).filter(({ isHook }) => !isHook);
}

function noWay({ image }: TrustQuestion): string {
  const { trustBundle } = siteNames;
  return [
    `trust: expected a way for pods of ${image.repository}:${image.tag} to trust the authorities of Vault and the OpenID provider,`,
    'but what the chart renders has none: neither trustBundle nor extraVolumes with extraEnv reach them;',
    `mount ConfigMap ${trustBundle} (key ca.crt), which the run makes in each namespace, by --values;`,
    `or give an object that the chart mounts by --objects, with ${trustPlaceholder} where the certificates belong;`,
    'or judge an image that trusts them by itself and take trustBundle out of --services',
  ].join(' ');
}
