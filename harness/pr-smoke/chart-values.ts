import { parse } from 'yaml';
import { readBoundedText } from '../bounded-file.ts';
import { asGoYaml } from '../kube/go-yaml.ts';
import { isFields } from '../kube/kubeconfig.ts';

export interface PrValues {
  readonly namespace: string;
  readonly imageTag: string;
  readonly imageRepository: string | undefined;
  /** In the order in which they apply. */
  readonly valuesFiles: readonly string[];
}

/**
 * What differs from pull request to pull request, over the values files: the image, and a host of its own below the
 * host of the values, because two Ingresses of one name would be each other's undoing.
 */
export function prValues({ namespace, imageTag, imageRepository, valuesFiles }: PrValues): Record<string, unknown> {
  const host = valuesFiles.map(ingressHostIn).findLast((found) => found !== undefined);
  return {
    image: { tag: imageTag, ...(imageRepository === undefined ? {} : { repository: imageRepository }) },
    ...(host === undefined ? {} : { ingress: { host: `${namespace}.${host}` } }),
  };
}

function ingressHostIn(file: string): string | undefined {
  const values: unknown = parse(readBoundedText(file), asGoYaml);
  const ingress = isFields(values) ? values['ingress'] : undefined;
  const host = isFields(ingress) ? ingress['host'] : undefined;
  return typeof host === 'string' && host !== '' ? host : undefined;
}
