import { Invalid, optional, type ValuesOf } from '@meho/core/command-line/flags';
import { oneOf } from '@meho/core/command-line/values';
import { defaultFlavour, flavourImages, type NodeFlavour } from '@meho/images/catalog';
import {
  defaultKubernetes,
  type KubernetesVersion,
  kubernetesVersion,
  kubernetesVersions,
} from '@meho/images/recipes/node/versions';

const flavours = Object.keys(flavourImages) as NodeFlavour[];

export const nodeFlag = {
  node: optional(
    'FLAVOUR',
    `what the node is made of where no registry has k3s: ${flavours.join(' or ')}; ${defaultFlavour} where absent`,
    oneOf(...flavours),
  ),
  kubernetes: optional(
    'VERSION',
    `the node's Kubernetes, e.g. 1.37 or 1.37.2, from ${kubernetesVersions[0]} to ${kubernetesVersions.at(-1)}; ${defaultKubernetes} where absent`,
    servedVersion,
  ),
};

function servedVersion(text: string): KubernetesVersion | Invalid {
  return kubernetesVersion(text) ?? new Invalid(`one of ${kubernetesVersions.join(', ')}, or its minor`);
}

export type NodeValues = ValuesOf<typeof nodeFlag>;

/** The flags that were given, by name. */
export function nodeFlagsIn({ node, kubernetes }: Partial<NodeValues>): readonly string[] {
  return Object.entries({ node, kubernetes }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`]));
}

/** @param elsewhere what names another cluster, by flag: its nodes are made already */
export function nodeProblems(
  values: Partial<NodeValues>,
  elsewhere: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(elsewhere).flatMap(([name, value]) =>
    value === undefined ? [] : nodeFlagsIn(values).map((flag) => `${flag} and --${name} contradict each other`),
  );
}
