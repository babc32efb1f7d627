import { newestRevision } from '@meho/helm/history';
import { HelmRecordError } from '@meho/helm/record';
import { isApiTrouble } from '@meho/kube/api/api-trouble';
import type { ClusterView } from '../cluster/cluster-view.ts';

const mostNamed = 4;

/**
 * Values that a chart's notes warn of, as `WARNING: vault.address: …`. Paths alone: what another chart's notes say may be
 * secret.
 */
export function warnedValues(notes: string): readonly string[] {
  const lines = notes.matchAll(/^WARNING: ([A-Za-z][\w.]*(?:, [A-Za-z][\w.]*)*): /gm);
  return [...new Set([...lines].flatMap(([, paths = '']) => paths.split(', ')))];
}

/** The end of a hint; empty if the chart warned of nothing, or its record can't be read: the verdict stands without. */
export async function warnedByChart({ api, namespace, release }: ClusterView, signal: AbortSignal): Promise<string> {
  try {
    const values = warnedValues((await newestRevision(api, namespace, release, { signal }))?.notes ?? '');
    const named = values.slice(0, mostNamed).join(', ');
    const more = values.length > mostNamed ? ` and ${values.length - mostNamed} more` : '';
    return values.length === 0
      ? ''
      : `; the chart warned of ${named}${more} when it was installed: helm -n ${namespace} get notes ${release}`;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HelmRecordError || isApiTrouble(error)) {
      return '';
    }
    throw error;
  }
}
