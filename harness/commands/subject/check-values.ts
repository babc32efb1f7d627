import type { Settings } from '@meho/core/config';
import { builtPrefix } from '@meho/images/plan';
import type { KubeApi } from '@meho/kube/api/api';
import { controllerName, controllerNamespace } from '../../clusters/ingress/skipper.ts';
import { chooseIngress } from '../../release/environment/existing-ingress.ts';
import { splitReference } from '../../release/environment/judged-image.ts';
import { embeddedClusterValues, ownSubject } from '../../release/environment/request.ts';
import { installValues } from '../../release/install-target/install-values.ts';
import type { ValueFit } from '../../release/trust/value-fit.ts';
import type { CommandContext } from '../command.ts';
import type { ExistingClusterValues } from '../existing-cluster/existing-cluster-acceptance.ts';
import { checkValueFit, isOwnChart } from './check-value-fit.ts';
import { placeholderServices, plannedObjects } from './planned-objects.ts';
import { renderSubject } from './render-subject.ts';
import type { SubjectValues } from './subject-flags.ts';

/**
 * Checks values before anything is created: a typo must not cost images and a cluster. Tests cover our unchanged chart.
 *
 * @returns what another chart takes
 * @throws UsageError with every refused value
 */
export async function checkValues(
  values: SubjectValues,
  settings: Settings,
  context: CommandContext,
): Promise<ValueFit | undefined> {
  const {
    chart,
    'chart-version': version,
    release,
    image = `${builtPrefix}backplane:yet-to-build`,
    namespace,
  } = values;
  const around = {
    ...placeholderServices,
    image: splitReference(image),
    broadcastImage: { repository: `${builtPrefix}valkey`, tag: 'yet-to-build' },
    ingress: { className: controllerName, namespace: controllerNamespace },
  };
  const host = 'meho.example.com';
  if (!isOwnChart(values)) {
    return (await checkValueFit(values, { around, host, namespace, isOurs: true }, settings, context)).fit;
  }
  if (release === ownSubject.release && values.values.length === 0) {
    return undefined;
  }
  const input = {
    chart,
    ...(version === undefined ? {} : { version }),
    release,
    ...(namespace === undefined ? {} : { namespace }),
    valuesFiles: [embeddedClusterValues, ...values.values],
    values: installValues(around, host),
  };
  await renderSubject(input, settings, context);
  return undefined;
}

/** The same for an existing cluster. */
export async function checkValuesOnExistingCluster(
  values: ExistingClusterValues,
  api: KubeApi,
  settings: Settings,
  context: CommandContext,
): Promise<ValueFit | undefined> {
  const named = { className: values['ingress-class'], namespace: values['ingress-namespace'] };
  const ingress = await chooseIngress(api, named, context.signal);
  const place = { namespace: values.namespace ?? 'meho-install', ingress };
  return (await plannedObjects(values, place, settings, context)).fit;
}
