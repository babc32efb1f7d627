import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { messageOf, UsageError } from '@meho/core/problem';
import { CommandError, lastLines, run } from '@meho/core/process/run';
import { scratchFolder } from '@meho/core/runs/temporary';
import { applyFit, type Fit, nextFit, unchangedFit } from '@meho/helm/fit-values';
import { type ChartInput, renderChart, ValuesError } from '@meho/helm/render';
import { leavesOf } from '@meho/helm/value-path';
import { coalesceValues, type Values } from '@meho/helm/values';
import { readGoYaml } from '@meho/kube/go-yaml';
import { mergeValues } from '../environment/merge-values.ts';
import { refusals } from '../environment/refusals.ts';
import { isInSeed, isRequired } from '../install-target/seed-values.ts';
import { storyValues } from '../install-target/story-values.ts';
import { readValuesFiles, unpinnedValues } from '../install-target/unpin.ts';
import { findTrust, type TrustOptions } from './find-trust.ts';
import { podSpecOf } from './trust-mounts.ts';
import type { ValueFit } from './value-fit.ts';

export interface FitOptions extends Omit<TrustOptions, 'render' | 'objects' | 'known'> {
  readonly helm: string;
  readonly chart: string;
  readonly version?: string;
  readonly release: string;
  readonly namespace?: string;
  /** Values files below the operator's. */
  readonly groundFiles: readonly string[];
  readonly valuesFiles: readonly string[];
  /** Applied over the files. */
  readonly site: Values;
  readonly signal: AbortSignal;
}

export interface FitResult {
  readonly fit: ValueFit;
  /** Undefined if the chart needs its cluster to render. */
  readonly objects: readonly KubernetesObject[] | undefined;
  /** Why it doesn't render without its cluster. */
  readonly unseen?: string;
}

/** In no chart's schema: a chart that accepts it accepts anything. */
const nobodysKey = 'mehoAcceptanceAsksWhatYouTake';
const deadlineMs = 60_000;
/** Each round leaves a value out or writes it as text. */
const maxRounds = 40;

/**
 * Finds out which of the run's values another chart takes, and how its pods come to trust the run's authorities.
 *
 * @throws UsageError with each refused value that can't be left out, or if no way of trust works
 */
export async function findValueFit(asked: FitOptions): Promise<FitResult> {
  await using scratch = await scratchFolder('fit');
  const groundFile = path.join(scratch.path, 'ground.json');
  const [ground, operators] = [asked.groundFiles, asked.valuesFiles].map(readValuesFiles) as [Values, Values];
  const [defaults, name] = await Promise.all([
    showChart(asked, 'values'),
    showChart(asked, 'chart').then((chart) => String(chart['name'] ?? '')),
  ]);
  const known = coalesceValues(defaults, operators);
  const unpinned = unpinnedValues(asked.site, known);
  const site = mergeValues(asked.site, unpinned);
  // A file of its own, because the operator's values apply over it.
  const sets = mergeValues(mergeValues(ground, site), storyValues);
  const input = inputOf(asked, groundFile);
  const render = async (fit: Fit, more: Values) => {
    await writeFile(groundFile, JSON.stringify(applyFit(ground, fit)));
    return renderChart({
      ...input,
      values: mergeValues(applyFit(mergeValues(site, storyValues), fit), applyFit(more, fit)),
    });
  };
  const settle = async (from: Fit, more: Values) =>
    settleFit(from, mergeValues(sets, more), name, (fit) => render(fit, more));
  try {
    const first = await settle(unchangedFit, { [nobodysKey]: true });
    const isOpen = !first.fit.leftOut.some(([key]) => key === nobodysKey);
    const start: Fit = {
      leftOut: isOpen
        ? leavesOf(sets).filter((leaf) => !isInSeed(leaf))
        : first.fit.leftOut.filter(([key]) => key !== nobodysKey),
      asText: first.fit.asText,
    };
    const base = await settle(start, {});
    const trust = await findTrust({ ...asked, known, objects: base.objects, render: (more) => settle(base.fit, more) });
    return {
      fit: { ...base.fit, ...trust.fit, ...broadcastOf(site, base), unpinned },
      objects: trust.objects ?? base.objects,
      ...(base.unseen === undefined ? {} : { unseen: base.unseen }),
    };
  } catch (error) {
    if (error instanceof ValuesError) {
      throw new UsageError(refusals(error, name, sets), { cause: error });
    }
    throw error;
  }
}

export interface SettledFit {
  readonly fit: Fit;
  readonly objects: readonly KubernetesObject[] | undefined;
  readonly unseen?: string;
}

/** Drops the run's values until none is refused. @throws ValuesError for what is left */
async function settleFit(
  from: Fit,
  sets: Values,
  name: string,
  render: (fit: Fit) => Promise<readonly KubernetesObject[]>,
): Promise<SettledFit> {
  let fit = from;
  for (let round = 1; ; round += 1) {
    try {
      return { fit, objects: await render(fit) };
    } catch (error) {
      if (error instanceof CommandError) {
        // Helm checks the schema first, so the fit is known.
        return { fit, objects: undefined, unseen: helmReason(error.stderr) };
      }
      const next =
        error instanceof ValuesError ? nextFit(error, name, sets, fit, (path) => !isRequired(path)) : undefined;
      if (next === undefined || round === maxRounds) {
        throw error;
      }
      fit = next;
    }
  }
}

function inputOf({ helm, chart, version, release, namespace, valuesFiles, signal }: FitOptions, groundFile: string) {
  const input: Omit<ChartInput, 'values'> = {
    helm,
    chart,
    ...(version === undefined ? {} : { version }),
    release,
    ...(namespace === undefined ? {} : { namespace }),
    valuesFiles: [groundFile, ...valuesFiles],
    signal,
  };
  return input;
}

/** Images to load where the chart doesn't take the run's own. */
function broadcastOf(site: Values, { fit, objects = [] }: SettledFit): Pick<ValueFit, 'broadcastImages'> {
  const image = (values: Values) => JSON.stringify((values['broadcast'] as Values | undefined)?.['image']);
  if (image(applyFit(site, fit)) === image(site)) {
    return { broadcastImages: [] };
  }
  const images = objects.flatMap((object) => {
    const labels = (object as { spec?: { template?: { metadata?: { labels?: Record<string, string> } } } }).spec
      ?.template?.metadata?.labels;
    const isBroadcast = labels?.['app.kubernetes.io/name'] === 'broadcast';
    return isBroadcast ? (podSpecOf(object)?.containers ?? []).flatMap((container) => container.image ?? []) : [];
  });
  return { broadcastImages: [...new Set(images)] };
}

async function showChart({ helm, chart, version, signal }: FitOptions, what: 'values' | 'chart'): Promise<Values> {
  const args = ['show', what, chart, ...(version === undefined ? [] : ['--version', version])];
  try {
    const { stdout } = await run(helm, args, { timeoutMs: deadlineMs, signal });
    return (readGoYaml(stdout) as Values | null) ?? {};
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof CommandError ? helmReason(error.stderr) : messageOf(error);
    throw new UsageError([`--chart ${chart}: helm can't read it: ${why}`], { cause: error });
  }
}

/** Skips helm's advice below the error. */
export function helmReason(stderr: string): string {
  return /^Error: (.+)$/m.exec(stderr)?.[1] ?? lastLines(stderr, 1);
}
