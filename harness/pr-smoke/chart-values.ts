import { parse } from 'yaml';
import { readBoundedText } from '../bounded-file.ts';
import { isFields } from '../kube/fields.ts';
import { asGoYaml } from '../kube/go-yaml.ts';
import type { FoundIngress } from '../kube/ingress-class.ts';

export interface PrValues {
  readonly namespace: string;
  readonly imageTag: string;
  readonly imageRepository: string | undefined;
  /** In the order in which they apply. */
  readonly valuesFiles: readonly string[];
  /** What the cluster has, for what the values files don't say. */
  readonly ingress?: Pick<FoundIngress, 'className' | 'namespace'>;
}

/**
 * What differs from pull request to pull request, over the values files: the image, and a host of its own below the
 * host of the values, because two Ingresses of one name would be each other's undoing.
 */
export function prValues({
  namespace,
  imageTag,
  imageRepository,
  valuesFiles,
  ingress = {},
}: PrValues): Record<string, unknown> {
  const host = saidIn(valuesFiles, 'ingress', 'host');
  const className = saidIn(valuesFiles, 'ingress', 'className') === undefined ? ingress.className : undefined;
  const controllers =
    saidIn(valuesFiles, 'networkPolicy', 'ingressControllerNamespace') === undefined ? ingress.namespace : undefined;
  const ofIngress = {
    ...(host === undefined ? {} : { host: `${namespace}.${host}` }),
    ...(className === undefined ? {} : { className }),
  };
  return {
    image: { tag: imageTag, ...(imageRepository === undefined ? {} : { repository: imageRepository }) },
    ...(Object.keys(ofIngress).length === 0 ? {} : { ingress: ofIngress }),
    ...(controllers === undefined ? {} : { networkPolicy: { ingressControllerNamespace: controllers } }),
  };
}

/** Which IngressClass and namespace the values files name, where the cluster has others. */
export function ingressDoubts(
  valuesFiles: readonly string[],
  { className, namespace }: Pick<FoundIngress, 'className' | 'namespace'>,
): readonly string[] {
  const pairs = [
    ['ingress', 'className', className],
    ['networkPolicy', 'ingressControllerNamespace', namespace],
  ] as const;
  return pairs.flatMap(([table, member, has]) => {
    const said = saidIn(valuesFiles, table, member);
    return said === undefined || has === undefined || said === has ? [] : [`the values say ${table}.${member} ${said}`];
  });
}

/** A member of a table as the last values file that has it says. */
function saidIn(files: readonly string[], table: string, member: string): string | undefined {
  return files
    .map((file) => {
      const values: unknown = parse(readBoundedText(file), asGoYaml);
      const found = isFields(values) ? values[table] : undefined;
      const said = isFields(found) ? found[member] : undefined;
      return typeof said === 'string' && said !== '' ? said : undefined;
    })
    .findLast((said) => said !== undefined);
}
