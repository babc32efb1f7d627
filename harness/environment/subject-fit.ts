import { type Fit, fitted } from '../helm/fit-values.ts';
import { dotted, isWithin, type ValuePath } from '../helm/value-path.ts';
import type { Values } from '../helm/values.ts';
import { merged } from './merged.ts';

/** How the run's authorities come to the pods of the judged image. */
export type TrustWay = 'not needed' | 'values' | 'given' | 'image';

/** What a chart that isn't ours makes of the values that a run sets. */
export interface SubjectFit extends Fit {
  readonly trust: TrustWay;
  /** Over the site's own, where trust goes by values. */
  readonly trustValues: Values;
  /** What the chart names for its broadcast where no value says another. */
  readonly broadcastImages: readonly string[];
}

/** The values of a site, or what a story adds to them, as the chart that is judged takes them. */
export function forSubject(values: Values, fit: SubjectFit | undefined): Values {
  return fit === undefined ? values : fitted(values, fit);
}

/** Why a value that a story needs is not among the release's; undefined where it is. */
export function notTaken(
  { request }: { readonly request: { readonly subject: { readonly fit?: SubjectFit } } },
  path: ValuePath,
): string | undefined {
  const isLeftOut = request.subject.fit?.leftOut.some((each) => isWithin(path, each)) === true;
  return isLeftOut ? `it needs ${dotted(path)}, which the chart that is judged doesn't take` : undefined;
}

/** The values of a site with what brings trust. */
export function withTrust(values: Values, fit: SubjectFit | undefined): Values {
  return fit === undefined ? values : merged(fitted(values, fit), fit.trustValues);
}
