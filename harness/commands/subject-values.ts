import path from 'node:path';
import { type ObjectsFile, objectsFile } from '../environment/given-objects.ts';
import { splitReference } from '../environment/judged-image.ts';
import { imageRepository, imageTag } from '../verifiers/chart-values.ts';
import { Invalid } from '../verifiers/flags.ts';
import { namespaceName } from '../verifiers/values.ts';

export { chart, chartVersion, valuesFile } from '../verifiers/chart-values.ts';

/** The shapes of what names a subject, beyond those that every command takes. */

/** `REGISTRY/REPOSITORY:TAG`, as charts take an image: in two values, so that a digest alone won't do. */
export function imageReference(text: string): string | Invalid {
  const invalid = new Invalid('an image with a tag and without a digest, e.g. ghcr.io/evoila/meho:sha-3f2a9c1');
  let parts: ReturnType<typeof splitReference>;
  try {
    parts = splitReference(text);
  } catch {
    return invalid;
  }
  const isWrong = [imageRepository(parts.repository), imageTag(parts.tag)].some((part) => part instanceof Invalid);
  return isWrong ? invalid : text;
}

/** Objects for each namespace of the run. */
export function objects(text: string): ObjectsFile | Invalid {
  const read = text === '' ? 'a file name' : objectsFile(path.resolve(text));
  return typeof read === 'string' ? new Invalid(read) : read;
}

/** Namespaces that a cluster itself has; in none of them is anything judged. */
export function siteNamespace(text: string): string | Invalid {
  const name = namespaceName(text);
  return !(name instanceof Invalid) && (name === 'default' || name.startsWith('kube-'))
    ? new Invalid("a namespace of one's own: default and kube-… belong to the cluster")
    : name;
}
