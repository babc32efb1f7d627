import type { KubernetesObject } from '@kubernetes/client-node';
import type { Settings } from '../config.ts';
import { splitReference } from '../environment/judged-image.ts';
import { type Surroundings, siteValues } from '../environment/site-values.ts';
import type { SubjectFit } from '../environment/subject-fit.ts';
import type { CommandContext } from './command.ts';
import type { ForeignValues } from './foreign-acceptance.ts';
import { renderSubject } from './render-subject.ts';
import { isOwnChart, subjectFit } from './subject-fit.ts';

/** In the place of services that only the run starts; nobody has these addresses (RFC 5737, RFC 2606). */
export const yetToStart = {
  hasTrustBundle: true,
  vault: 'https://vault.invalid:8200',
  openId: { issuer: 'https://openid.invalid/realms/meho', audience: 'meho' },
  cidrs: { postgres: '192.0.2.1/32', vault: '192.0.2.2/32', keycloak: '192.0.2.3/32' },
};

export interface Planned {
  /** By kind and name; what was seen in their place where the chart renders only in sight of its cluster. */
  readonly objects: readonly string[];
  /** What a chart that isn't ours takes of what the run sets. */
  readonly fit: SubjectFit | undefined;
}

/**
 * Every object that the release of the cold install would have, as the chart renders it with the values that the run
 * would give.
 *
 * @throws UsageError with every value that the chart refuses
 */
export async function plannedObjects(
  values: ForeignValues,
  namespace: string,
  settings: Settings,
  context: CommandContext,
): Promise<Planned> {
  const { chart, 'chart-version': version, release, image = '', domain } = values;
  const ingress = { className: values['ingress-class'] ?? '', namespace: values['ingress-namespace'] ?? '' };
  const around = { ...surroundings(values), image: splitReference(image), ingress };
  const host = `${namespace}.${domain}`;
  if (!isOwnChart(values)) {
    const { fit, objects, unseen } = await subjectFit(
      values,
      { around, host, namespace, isOurs: false },
      settings,
      context,
    );
    return { fit, objects: objects?.map(told) ?? [`what it makes is seen by the install alone: ${unseen}`] };
  }
  const input = {
    chart,
    ...(version === undefined ? {} : { version }),
    release,
    namespace,
    valuesFiles: values.values,
    values: siteValues(around, host),
  };
  return { fit: undefined, objects: (await renderSubject(input, settings, context)).map(told) };
}

function surroundings({ services }: ForeignValues): Omit<Surroundings, 'image' | 'ingress'> {
  if (services === undefined) {
    return yetToStart;
  }
  const { postgres, vault, openId, trustBundle } = services;
  return {
    hasTrustBundle: trustBundle !== undefined,
    vault: vault.address,
    openId,
    cidrs: {
      // Without one, the run takes the address behind the administrator's URL.
      postgres: postgres.cidr ?? yetToStart.cidrs.postgres,
      vault: vault.cidr,
      keycloak: openId.cidr,
    },
  };
}

/** Hooks are made anew for each install and upgrade, so they are told apart. */
function told({ kind, metadata }: KubernetesObject): string {
  const hook = metadata?.annotations?.['helm.sh/hook'];
  return `${kind} ${metadata?.name}${hook === undefined ? '' : ` (hook: ${hook})`}`;
}
