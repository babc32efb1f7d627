import type { Environment } from './environment.ts';
import { ownSubject } from './request.ts';

type Circumstances = Pick<Environment, 'request' | 'cluster'>;

/** What a story may need that not every run gives: each answers with why it isn't there. */
const reasons = {
  /** Objects by their names, or copies of the chart with a defect made on purpose. */
  'our chart': ({ request: { subject } }) =>
    subject.chart === ownSubject.chart && subject.release === ownSubject.release
      ? undefined
      : `it is about charts/meho released as ${ownSubject.release}, and ${subject.chart} as ${subject.release} is judged`,
  /** Objects outside namespaces, which others would meet. */
  'a cluster of ours': ({ cluster }) =>
    cluster.capabilities.disposable ? undefined : 'it changes the cluster itself, and this cluster is not ours',
  'images on its nodes': ({ cluster }) =>
    cluster.capabilities.loadImages ? undefined : "it brings images onto nodes, and this cluster's nodes are not ours",
  'a node that stops': ({ cluster }) =>
    cluster.capabilities.stopNode ? undefined : 'it stops a node, and this cluster does not allow that',
  /** Taken away as a fault, or asked as their administrator. */
  'services of ours': ({ cluster }) =>
    cluster.capabilities.siblingContainers
      ? undefined
      : 'it takes away or administers services, and those at given addresses are not ours',
} as const satisfies Readonly<Record<string, (circumstances: Circumstances) => string | undefined>>;

export type Need = keyof typeof reasons;

/** Why a story can't be told in this run; undefined where it can. */
export function lacking(circumstances: Circumstances, wanted: readonly Need[]): string | undefined {
  const found = wanted.map((need) => reasons[need](circumstances)).filter((reason) => reason !== undefined);
  return found.length === 0 ? undefined : found.join('; ');
}
