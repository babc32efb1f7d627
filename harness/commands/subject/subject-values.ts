import path from 'node:path';
import { Invalid } from '@meho/core/command-line/flags';
import { imageRepository, imageTag, readTwice } from '@meho/verifiers/flags/chart-values';
import { namespaceName } from '@meho/verifiers/flags/values';
import { splitReference } from '../../release/environment/judged-image.ts';
import { type ObjectsFile, readObjectsFile } from '../../release/install-target/objects-file.ts';

export { chart, chartVersion, valuesFile } from '@meho/verifiers/flags/chart-values';

/** `REGISTRY/REPOSITORY:TAG`; charts take both separately, so a digest alone won't do. */
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

export function objects(text: string): ObjectsFile | Invalid {
  const file = path.resolve(text);
  const read = text === '' ? 'a file name' : (readTwice(file)?.expected ?? readObjectsFile(file));
  return typeof read === 'string' ? new Invalid(read) : read;
}

/** Rejects the cluster's own namespaces. */
export function installNamespace(text: string): string | Invalid {
  const name = namespaceName(text);
  return !(name instanceof Invalid) && (name === 'default' || name.startsWith('kube-'))
    ? new Invalid("a namespace of one's own: default and kube-… belong to the cluster")
    : name;
}
