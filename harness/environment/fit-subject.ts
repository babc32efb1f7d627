import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { asItIs, type Fit, fitAfter, fitted } from '../helm/fit-values.ts';
import { type ChartInput, renderChart, ValuesError } from '../helm/render.ts';
import { leavesOf } from '../helm/value-path.ts';
import { coalesced, type Values } from '../helm/values.ts';
import { messageOf, UsageError } from '../problem.ts';
import { CommandError, lastLines, run } from '../process/run.ts';
import { scratchFolder } from '../runs/temporary.ts';
import { findTrust, type TrustQuestion } from './find-trust.ts';
import { merged } from './merged.ts';
import { refusals } from './refusals.ts';
import { isInTheSeed, isRequired } from './seed-values.ts';
import { storyValues } from './story-values.ts';
import type { SubjectFit } from './subject-fit.ts';
import { podSpecOf } from './trust-in.ts';

export interface FitQuestion extends Omit<TrustQuestion, 'render' | 'objects' | 'known'> {
  readonly helm: string;
  readonly chart: string;
  readonly version?: string;
  readonly release: string;
  readonly namespace?: string;
  /** Below those of the operator. */
  readonly groundFiles: readonly string[];
  readonly valuesFiles: readonly string[];
  /** What a site sets over them. */
  readonly site: Values;
  readonly signal: AbortSignal;
}

export interface FoundFit {
  readonly fit: SubjectFit;
  /** What the chart renders then; undefined for one that renders only in sight of its cluster. */
  readonly objects: readonly KubernetesObject[] | undefined;
  /** Why it doesn't render without one. */
  readonly unseen?: string;
}

/** A key that no chart has: one that takes it takes whatever it is given. */
const nobodysKey = 'mehoAcceptanceAsksWhatYouTake';
const deadlineMs = 60_000;
/** Each round leaves something out or writes it as text. */
const maxRounds = 40;

/**
 * Asks a chart that isn't ours, by its schema and its templates, what of the values that a run sets it takes, and how its
 * pods come to trust the run's authorities.
 *
 * @throws UsageError with each value that is refused and can't be left out, or where no way of trust is found
 */
export async function fitSubject(asked: FitQuestion): Promise<FoundFit> {
  await using scratch = await scratchFolder('fit');
  const groundFile = path.join(scratch.path, 'ground.json');
  const [ground, operators, defaults, name] = await Promise.all([
    parsed(asked.groundFiles),
    parsed(asked.valuesFiles),
    shown(asked, 'values'),
    shown(asked, 'chart').then((chart) => String(chart['name'] ?? '')),
  ]);
  // Its own file, as the operator's values apply in between; a story's apply last.
  const sets = merged(merged(ground, asked.site), storyValues);
  const input = inputOf(asked, groundFile);
  const render = async (fit: Fit, more: Values) => {
    await writeFile(groundFile, JSON.stringify(fitted(ground, fit)));
    return renderChart({ ...input, values: merged(fitted(merged(asked.site, storyValues), fit), fitted(more, fit)) });
  };
  const settle = async (from: Fit, more: Values) => settled(from, merged(sets, more), name, (fit) => render(fit, more));
  try {
    const first = await settle(asItIs, { [nobodysKey]: true });
    const isOpen = !first.fit.leftOut.some(([key]) => key === nobodysKey);
    const start: Fit = {
      leftOut: isOpen
        ? leavesOf(sets).filter((leaf) => !isInTheSeed(leaf))
        : first.fit.leftOut.filter(([key]) => key !== nobodysKey),
      asText: first.fit.asText,
    };
    const base = await settle(start, {});
    const known = coalesced(defaults, operators);
    const trust = await findTrust({ ...asked, known, objects: base.objects, render: (more) => settle(base.fit, more) });
    return {
      fit: { ...base.fit, ...trust.fit, ...broadcastOf(asked.site, base) },
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

export interface Settled {
  readonly fit: Fit;
  readonly objects: readonly KubernetesObject[] | undefined;
  readonly unseen?: string;
}

/** Asks again with less until nothing more of the run's own values is refused. @throws ValuesError for what is left */
async function settled(
  from: Fit,
  sets: Values,
  name: string,
  render: (fit: Fit) => Promise<readonly KubernetesObject[]>,
): Promise<Settled> {
  let fit = from;
  for (let round = 1; ; round += 1) {
    try {
      return { fit, objects: await render(fit) };
    } catch (error) {
      if (error instanceof CommandError) {
        // Helm looks at the schema first: what it takes is known.
        return { fit, objects: undefined, unseen: reasonIn(error.stderr) };
      }
      const next =
        error instanceof ValuesError ? fitAfter(error, name, sets, fit, (path) => !isRequired(path)) : undefined;
      if (next === undefined || round === maxRounds) {
        throw error;
      }
      fit = next;
    }
  }
}

function inputOf({ helm, chart, version, release, namespace, valuesFiles, signal }: FitQuestion, groundFile: string) {
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

/** What pods of the broadcast run where the run's own image isn't among the values that are taken. */
function broadcastOf(site: Values, { fit, objects = [] }: Settled): Pick<SubjectFit, 'broadcastImages'> {
  const image = (values: Values) => JSON.stringify((values['broadcast'] as Values | undefined)?.['image']);
  if (image(fitted(site, fit)) === image(site)) {
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

async function shown({ helm, chart, version, signal }: FitQuestion, what: 'values' | 'chart'): Promise<Values> {
  const args = ['show', what, chart, ...(version === undefined ? [] : ['--version', version])];
  try {
    const { stdout } = await run(helm, args, { timeoutMs: deadlineMs, signal });
    return (parse(stdout) as Values | null) ?? {};
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof CommandError ? reasonIn(error.stderr) : messageOf(error);
    throw new UsageError([`--chart ${chart}: helm can't read it: ${why}`], { cause: error });
  }
}

/** Below its error helm says how it could be made to say more, which isn't why. */
export function reasonIn(stderr: string): string {
  return /^Error: (.+)$/m.exec(stderr)?.[1] ?? lastLines(stderr, 1);
}

/** Only for what is there already: helm reads the files itself. */
async function parsed(files: readonly string[]): Promise<Values> {
  const layers = await Promise.all(
    files.map(async (file) => (parse(await readFile(file, 'utf8')) as Values | null) ?? {}),
  );
  return layers.reduce(coalesced, {});
}
