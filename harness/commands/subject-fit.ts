import type { Settings } from '../config.ts';
import { type FoundFit, fitSubject } from '../environment/fit-subject.ts';
import { embeddedClusterValues, ownSubject } from '../environment/request.ts';
import { type Surroundings, siteValues } from '../environment/site-values.ts';
import type { SubjectFit } from '../environment/subject-fit.ts';
import { dotted, leavesOf, type ValuePath } from '../helm/value-path.ts';
import { ensureTool } from '../images/tools/ensure-tool.ts';
import type { CommandContext } from './command.ts';
import type { SubjectValues } from './subject-flags.ts';

export interface FitPlace {
  readonly around: Surroundings;
  readonly host: string;
  readonly namespace?: string | undefined;
  /** Whether the cluster is ours: then its own values apply, and its nodes take images from here. */
  readonly isOurs: boolean;
}

/** Whether what is judged is our chart under its own name, whose tests have shown what it takes. */
export function isOwnChart({ chart }: Pick<SubjectValues, 'chart'>): boolean {
  return chart === ownSubject.chart;
}

/**
 * What a chart that isn't ours takes of what a run sets, looked at before anything is created, and told.
 *
 * @throws UsageError with each value that is refused, or where pods can't come to trust the run's authorities
 */
export async function subjectFit(
  values: SubjectValues,
  { around, host, namespace, isOurs }: FitPlace,
  { cacheFolder, path: searchPath }: Settings,
  { progress, signal }: CommandContext,
): Promise<FoundFit> {
  const { path: helm } = await ensureTool('helm', { progress, signal, cacheFolder, searchPath });
  const { chart, 'chart-version': version, release, objects } = values;
  const found = await fitSubject({
    ...{ helm, chart, release, signal, valuesFiles: values.values },
    ...(version === undefined ? {} : { version }),
    ...(namespace === undefined ? {} : { namespace }),
    groundFiles: isOurs ? [embeddedClusterValues] : [],
    site: siteValues({ ...around, hasTrustBundle: false }, host),
    image: around.image,
    hasTrustBundle: around.hasTrustBundle,
    imageCanTrust: isOurs,
    trustObjects: objects?.trustSources ?? [],
  });
  for (const line of toldFit(found, around)) {
    progress.note(line);
  }
  return found;
}

/** What was made of it, in lines for whoever watches. */
export function toldFit({ fit, unseen }: FoundFit, { image }: Pick<Surroundings, 'image'>): readonly string[] {
  const { leftOut, asText, broadcastImages } = fit;
  return [
    ...(leftOut.length === 0 ? [] : [`left out, since the chart doesn't take it: ${list(leftOut)}`]),
    ...(asText.length === 0 ? [] : [`set as text, as the chart takes it: ${list(asText)}`]),
    ...toldTrust(fit, `${image.repository}:${image.tag}`),
    ...broadcastImages.map(
      (name) => `broadcast: the chart runs ${name}, and no value says another; the run's own Valkey stands for it`,
    ),
    ...(unseen === undefined
      ? []
      : [`the chart renders only in sight of its cluster, so the install has to show the rest: ${unseen}`]),
  ];
}

/** Helm tells in no order. */
const list = (paths: readonly ValuePath[]) => paths.map(dotted).toSorted().join(', ');

function toldTrust({ trust, trustValues }: SubjectFit, image: string): readonly string[] {
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
