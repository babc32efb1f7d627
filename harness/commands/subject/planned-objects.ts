import type { KubernetesObject } from '@kubernetes/client-node';
import type { Settings } from '@meho/core/config';
import { splitReference } from '../../release/environment/judged-image.ts';
import { type InstallContext, installValues } from '../../release/install-target/install-values.ts';
import type { ValueFit } from '../../release/trust/value-fit.ts';
import type { CommandContext } from '../command.ts';
import type { ExistingClusterValues } from '../existing-cluster/existing-cluster-acceptance.ts';
import { checkValueFit, isOwnChart } from './check-value-fit.ts';
import { renderSubject } from './render-subject.ts';

/** Placeholders for services that haven't started, with reserved addresses (RFC 5737, RFC 2606). */
export const placeholderServices = {
  hasTrustBundle: true,
  vault: 'https://vault.invalid:8200',
  openId: { issuer: 'https://openid.invalid/realms/meho', audience: 'meho' },
  cidrs: { postgres: '192.0.2.1/32', vault: '192.0.2.2/32', keycloak: '192.0.2.3/32' },
};

export interface InstallPlace {
  readonly namespace: string;
  readonly ingress: InstallContext['ingress'];
}

export interface PlannedObjects {
  /** Kinds and names, or the reason why the chart renders only against its cluster. */
  readonly objects: readonly string[];
  readonly fit: ValueFit | undefined;
}

/**
 * Renders the cold install with the run's values.
 *
 * @throws UsageError with every refused value
 */
export async function plannedObjects(
  values: ExistingClusterValues,
  { namespace, ingress }: InstallPlace,
  settings: Settings,
  context: CommandContext,
): Promise<PlannedObjects> {
  const { chart, 'chart-version': version, release, image = '', domain } = values;
  const around = { ...surroundings(values), image: splitReference(image), ingress };
  const host = `${namespace}.${domain}`;
  if (!isOwnChart(values)) {
    const { fit, objects, unseen } = await checkValueFit(
      values,
      { around, host, namespace, isOurs: false },
      settings,
      context,
    );
    return { fit, objects: objects?.map(describeObject) ?? [`what it makes is seen by the install alone: ${unseen}`] };
  }
  const input = {
    chart,
    ...(version === undefined ? {} : { version }),
    release,
    namespace,
    valuesFiles: values.values,
    values: installValues(around, host),
  };
  return { fit: undefined, objects: (await renderSubject(input, settings, context)).map(describeObject) };
}

function surroundings({ services }: ExistingClusterValues): Omit<InstallContext, 'image' | 'ingress'> {
  if (services === undefined) {
    return placeholderServices;
  }
  const { postgres, vault, openId, trustBundle } = services;
  return {
    hasTrustBundle: trustBundle !== undefined,
    vault: vault.address,
    openId,
    cidrs: {
      // If absent, the run uses the administrator's URL.
      postgres: postgres.cidr ?? placeholderServices.cidrs.postgres,
      vault: vault.cidr,
      keycloak: openId.cidr,
    },
  };
}

/** Marks hooks, because each install and upgrade recreates them. */
function describeObject({ kind, metadata }: KubernetesObject): string {
  const hook = metadata?.annotations?.['helm.sh/hook'];
  return `${kind} ${metadata?.name}${hook === undefined ? '' : ` (hook: ${hook})`}`;
}
