import type { Settings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { ValuesError } from '@meho/helm/render';
import { dotted, leavesOf, type ValuePath } from '@meho/helm/value-path';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { embeddedClusterValues, ownSubject } from '../../release/environment/request.ts';
import { type InstallContext, installValues } from '../../release/install-target/install-values.ts';
import { type FitResult, findValueFit } from '../../release/trust/find-value-fit.ts';
import type { ValueFit } from '../../release/trust/value-fit.ts';
import type { CommandContext } from '../command.ts';
import { markRefusals } from './mark-refusals.ts';
import type { SubjectValues } from './subject-flags.ts';

export interface FitContext {
  readonly around: InstallContext;
  readonly host: string;
  readonly namespace?: string | undefined;
  /** A managed cluster has values of its own, and its nodes take local images. */
  readonly isOurs: boolean;
}

/** Its own tests show what it takes. */
export function isOwnChart({ chart }: Pick<SubjectValues, 'chart'>): boolean {
  return chart === ownSubject.chart;
}

/**
 * Finds out which of the run's values another chart takes.
 *
 * @throws UsageError with each refused value, or if pods can't trust the run's authorities
 */
export async function checkValueFit(
  values: SubjectValues,
  { around, host, namespace, isOurs }: FitContext,
  { cacheFolder, path: searchPath }: Settings,
  { progress, signal }: CommandContext,
): Promise<FitResult> {
  const { path: helm } = await ensureTool('helm', { progress, signal, cacheFolder, searchPath });
  const { chart, 'chart-version': version, release, objects } = values;
  const fitting = findValueFit({
    ...{ helm, chart, release, signal, valuesFiles: values.values },
    ...(version === undefined ? {} : { version }),
    ...(namespace === undefined ? {} : { namespace }),
    groundFiles: isOurs ? [embeddedClusterValues] : [],
    site: installValues({ ...around, hasTrustBundle: false }, host),
    image: around.image,
    hasTrustBundle: around.hasTrustBundle,
    imageCanTrust: isOurs,
    trustObjects: objects?.trustSources ?? [],
  });
  const found = await markingRefusals(fitting, values.values);
  for (const line of describeFit(found, around)) {
    progress.note(line);
  }
  return found;
}

/** @throws what it is given */
async function markingRefusals<T>(fitting: Promise<T>, files: readonly string[]): Promise<T> {
  try {
    return await fitting;
  } catch (error) {
    if (error instanceof UsageError && error.cause instanceof ValuesError) {
      await markRefusals(error.cause, files);
    }
    throw error;
  }
}

function describeFit({ fit, unseen }: FitResult, { image }: Pick<InstallContext, 'image'>): readonly string[] {
  const { leftOut, asText, broadcastImages } = fit;
  return [
    ...(leftOut.length === 0 ? [] : [`left out, since the chart doesn't take it: ${list(leftOut)}`]),
    ...(asText.length === 0 ? [] : [`set as text, as the chart takes it: ${list(asText)}`]),
    ...describeTrust(fit, `${image.repository}:${image.tag}`),
    ...broadcastImages.map(
      (name) => `broadcast: the chart runs ${name}, and no value says another; the run's own Valkey stands for it`,
    ),
    ...(unseen === undefined
      ? []
      : [`the chart renders only in sight of its cluster, so the install has to show the rest: ${unseen}`]),
  ];
}

/** Helm reports in random order. */
const list = (paths: readonly ValuePath[]) => paths.map(dotted).toSorted().join(', ');

function describeTrust({ trust, trustValues }: ValueFit, image: string): readonly string[] {
  switch (trust) {
    case 'not needed':
      return [];
    case 'given':
      return ["trust: what is given by --values or --objects brings the run's authorities to the pods"];
    case 'values':
      return [`trust: the run's authorities go through ${leavesOf(trustValues).map(dotted).join(', ')}`];
    case 'image':
      return [
        `trust: the chart has no place for authorities (trustBundle, or extraVolumes with extraEnv), so the run's are added to the system roots of ${image} as a layer`,
      ];
  }
}
