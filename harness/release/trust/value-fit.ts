import { applyFit, type Fit } from '@meho/helm/fit-values';
import { dotted, isWithin, type ValuePath } from '@meho/helm/value-path';
import type { Values } from '@meho/helm/values';
import { mergeValues } from '../environment/merge-values.ts';

export type TrustWay = 'not needed' | 'values' | 'given' | 'image';

/** Which of the run's values another chart takes. */
export interface ValueFit extends Fit {
  readonly trust: TrustWay;
  /** Merged over the site's values. */
  readonly trustValues: Values;
  /** Likewise: blank digests, for the operator's or the chart's are of other images. */
  readonly unpinned: Values;
  /** Image names in the chart that no value overrides. */
  readonly broadcastImages: readonly string[];
}

export function fitToChart(values: Values, fit: ValueFit | undefined): Values {
  return fit === undefined ? values : applyFit(values, fit);
}

/** Returns the reason why a value that the story needs can't be set. */
export function whyLeftOut(
  { request }: { readonly request: { readonly subject: { readonly fit?: ValueFit } } },
  path: ValuePath,
): string | undefined {
  const isLeftOut = request.subject.fit?.leftOut.some((each) => isWithin(path, each)) === true;
  return isLeftOut ? `it needs ${dotted(path)}, which the chart that is judged doesn't take` : undefined;
}

/** The run's values for another chart. */
export function fittedValues(values: Values, fit: ValueFit): Values {
  return [fit.unpinned, fit.trustValues].reduce(mergeValues, applyFit(values, fit));
}
