import type { Settings } from '../config.ts';
import { splitReference } from '../environment/judged-image.ts';
import { embeddedClusterValues, ownSubject } from '../environment/request.ts';
import { siteValues } from '../environment/site-values.ts';
import type { SubjectFit } from '../environment/subject-fit.ts';
import { builtPrefix } from '../images/plan.ts';
import { controllerName, controllerNamespace } from '../ingress/skipper.ts';
import type { CommandContext } from './command.ts';
import type { ForeignValues } from './foreign-acceptance.ts';
import { plannedObjects, yetToStart } from './planned-objects.ts';
import { renderSubject } from './render-subject.ts';
import { isOwnChart, subjectFit } from './subject-fit.ts';
import type { SubjectValues } from './subject-flags.ts';

/**
 * Sees to it that the chart takes the values of a run on a cluster of our own, before anything is created: a typo must
 * not cost images and a cluster first. Our chart as it is needs no look, since its tests have had one.
 *
 * @returns what a chart that isn't ours takes of what the run sets
 * @throws UsageError with every value that the chart refuses
 */
export async function valuesAccepted(
  values: SubjectValues,
  settings: Settings,
  context: CommandContext,
): Promise<SubjectFit | undefined> {
  const {
    chart,
    'chart-version': version,
    release,
    image = `${builtPrefix}backplane:yet-to-build`,
    namespace,
  } = values;
  const around = {
    ...yetToStart,
    image: splitReference(image),
    broadcastImage: { repository: `${builtPrefix}valkey`, tag: 'yet-to-build' },
    ingress: { className: controllerName, namespace: controllerNamespace },
  };
  const host = 'meho.example.com';
  if (!isOwnChart(values)) {
    return (await subjectFit(values, { around, host, namespace, isOurs: true }, settings, context)).fit;
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
    values: siteValues(around, host),
  };
  await renderSubject(input, settings, context);
  return undefined;
}

/** The same for a run on a cluster of others. */
export async function foreignValuesAccepted(
  values: ForeignValues,
  settings: Settings,
  context: CommandContext,
): Promise<SubjectFit | undefined> {
  const namespace = values.namespace ?? 'meho-install';
  return (await plannedObjects(values, namespace, settings, context)).fit;
}
