import { readBoundedText } from '@meho/core/bounded-file';
import { isFields } from '@meho/kube/api/fields';
import { readGoYaml } from '@meho/kube/go-yaml';
import type { FoundIngress } from '@meho/kube/workloads/ingress-class';

export interface PrValues {
  readonly namespace: string;
  readonly imageTag: string;
  readonly imageRepository: string | undefined;
  /** The last one wins. */
  readonly valuesFiles: readonly string[];
  /** Used for values that the files don't set. */
  readonly ingress?: Pick<FoundIngress, 'className' | 'namespace'>;
}

/** Overrides the image, and the host by one below it, because equal hosts would conflict. */
export function prValues({
  namespace,
  imageTag,
  imageRepository,
  valuesFiles,
  ingress = {},
}: PrValues): Record<string, unknown> {
  const host = findMember(valuesFiles, 'ingress', 'host');
  const className = findMember(valuesFiles, 'ingress', 'className') === undefined ? ingress.className : undefined;
  const controllers =
    findMember(valuesFiles, 'networkPolicy', 'ingressControllerNamespace') === undefined
      ? ingress.namespace
      : undefined;
  const ofIngress = {
    ...(host === undefined ? {} : { host: `${namespace}.${host}` }),
    ...(className === undefined ? {} : { className }),
  };
  return {
    image: {
      tag: imageTag,
      ...(imageRepository === undefined ? {} : { repository: imageRepository }),
      // A digest in the files is another image's, and would win over the tag.
      ...(findMember(valuesFiles, 'image', 'digest') === undefined ? {} : { digest: '' }),
    },
    ...(Object.keys(ofIngress).length === 0 ? {} : { ingress: ofIngress }),
    ...(controllers === undefined ? {} : { networkPolicy: { ingressControllerNamespace: controllers } }),
  };
}

/** Compares the files' IngressClass and namespace with the cluster's. */
export function ingressDoubts(
  valuesFiles: readonly string[],
  { className, namespace }: Pick<FoundIngress, 'className' | 'namespace'>,
): readonly string[] {
  const pairs = [
    ['ingress', 'className', className],
    ['networkPolicy', 'ingressControllerNamespace', namespace],
  ] as const;
  return pairs.flatMap(([table, member, has]) => {
    const said = findMember(valuesFiles, table, member);
    return said === undefined || has === undefined || said === has ? [] : [`the values say ${table}.${member} ${said}`];
  });
}

/** Returns the value from the last file that sets it. */
function findMember(files: readonly string[], table: string, member: string): string | undefined {
  return files
    .map((file) => {
      const values = readGoYaml(readBoundedText(file));
      const found = isFields(values) ? values[table] : undefined;
      const said = isFields(found) ? found[member] : undefined;
      return typeof said === 'string' && said !== '' ? said : undefined;
    })
    .findLast((said) => said !== undefined);
}
