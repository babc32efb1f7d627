import { optional, type ValuesOf } from '@meho/core/command-line/flags';
import { oneOf } from '@meho/core/command-line/values';
import { defaultFlavour, flavourImages, type NodeFlavour } from '@meho/images/catalog';

const flavours = Object.keys(flavourImages) as NodeFlavour[];

export const nodeFlag = {
  node: optional(
    'FLAVOUR',
    `what the node is made of where no registry has k3s: ${flavours.join(' or ')}; ${defaultFlavour} where absent`,
    oneOf(...flavours),
  ),
};

export type NodeValues = ValuesOf<typeof nodeFlag>;

/** @param elsewhere what names another cluster, by flag: its nodes are made already */
export function nodeProblems(
  { node }: Partial<NodeValues>,
  elsewhere: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(elsewhere).flatMap(([name, value]) =>
    node === undefined || value === undefined ? [] : [`--node and --${name} contradict each other`],
  );
}
