import type { Environment } from './environment.ts';
import { ownSubject } from './request.ts';

type Circumstances = Pick<Environment, 'request' | 'cluster'>;

/** For each requirement, returns why it isn't met. */
const reasons = {
  /** The story depends on the object names or templates of charts/meho. */
  'our chart': ({ request: { subject } }) =>
    subject.chart === ownSubject.chart && subject.release === ownSubject.release
      ? undefined
      : `it is about charts/meho released as ${ownSubject.release}, and ${subject.chart} as ${subject.release} is judged`,
  /** The story changes cluster-wide objects. */
  'a managed cluster': ({ cluster }) =>
    cluster.capabilities.disposable ? undefined : 'it changes the cluster itself, and this cluster is not ours',
  'images on its nodes': ({ cluster }) =>
    cluster.capabilities.loadImages ? undefined : "it brings images onto nodes, and this cluster's nodes are not ours",
  'a node that stops': ({ cluster }) =>
    cluster.capabilities.stopNode ? undefined : 'it stops a node, and this cluster does not allow that',
  /** The story stops or administers services. */
  'managed services': ({ cluster }) =>
    cluster.capabilities.siblingContainers
      ? undefined
      : 'it takes away or administers services, and those at given addresses are not ours',
} as const satisfies Readonly<Record<string, (circumstances: Circumstances) => string | undefined>>;

export type Requirement = keyof typeof reasons;

/** Returns why a story can't run, or undefined if it can. */
export function missingRequirements(circumstances: Circumstances, wanted: readonly Requirement[]): string | undefined {
  const found = wanted.map((need) => reasons[need](circumstances)).filter((reason) => reason !== undefined);
  return found.length === 0 ? undefined : found.join('; ');
}
