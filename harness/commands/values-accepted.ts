import type { Settings } from '../config.ts';
import { splitReference } from '../environment/judged-image.ts';
import { embeddedClusterValues, ownSubject } from '../environment/request.ts';
import { siteValues } from '../environment/site-values.ts';
import { builtPrefix } from '../images/plan.ts';
import { controllerName, controllerNamespace } from '../ingress/skipper.ts';
import type { CommandContext } from './command.ts';
import type { ForeignValues } from './foreign-acceptance.ts';
import { plannedObjects, yetToStart } from './planned-objects.ts';
import { renderSubject, UnrenderableChart } from './render-subject.ts';
import type { SubjectValues } from './subject-flags.ts';

/**
 * Sees to it that the chart takes the values of a run on a cluster of our own, before anything is created: a typo must
 * not cost images and a cluster first. Our chart as it is needs no look, since its tests have had one.
 *
 * @throws UsageError with every value that the chart refuses
 */
export async function valuesAccepted(
  values: SubjectValues,
  settings: Settings,
  context: CommandContext,
): Promise<void> {
  const {
    chart,
    'chart-version': version,
    release,
    image = `${builtPrefix}backplane:yet-to-build`,
    namespace,
  } = values;
  if (chart === ownSubject.chart && release === ownSubject.release && values.values.length === 0) {
    return;
  }
  const around = {
    ...yetToStart,
    image: splitReference(image),
    broadcastImage: { repository: `${builtPrefix}valkey`, tag: 'yet-to-build' },
    ingress: { className: controllerName, namespace: controllerNamespace },
  };
  const input = {
    chart,
    ...(version === undefined ? {} : { version }),
    release,
    ...(namespace === undefined ? {} : { namespace }),
    valuesFiles: [embeddedClusterValues, ...values.values],
    values: siteValues(around, 'meho.example.com'),
  };
  await orUnseen(chart, renderSubject(input, settings, context), context);
}

/** The same for a run on a cluster of others. */
export async function foreignValuesAccepted(
  values: ForeignValues,
  settings: Settings,
  context: CommandContext,
): Promise<void> {
  const namespace = values.namespace ?? 'meho-install';
  await orUnseen(values.chart, plannedObjects(values, namespace, settings, context), context);
}

/** A chart of others may need to see its cluster: then the install tells, and nothing is said against the values. */
async function orUnseen(chart: string, looking: Promise<unknown>, { progress }: CommandContext): Promise<void> {
  try {
    await looking;
  } catch (error) {
    if (!(error instanceof UnrenderableChart) || chart === ownSubject.chart) {
      throw error;
    }
    progress.note(`values are looked at by the install alone: ${error.message}`);
  }
}
