import { readFileSync } from 'node:fs';
import { type ValuePath, valueAt, withValue } from '@meho/helm/value-path';
import { coalesceValues, type Values } from '@meho/helm/values';
import { readGoYaml } from '@meho/kube/go-yaml';

const digests: readonly ValuePath[] = [
  ['image', 'digest'],
  ['broadcast', 'image', 'digest'],
];

/**
 * Blank digests for the images that the run sets: a digest that is known already is another image's, and wins over a tag.
 *
 * @param sets the run's values
 * @param known the operator's values, over the chart's
 */
export function unpinnedValues(sets: Values, known: Values): Values {
  return digests
    .filter((path) => valueAt(sets, path.slice(0, -1)) !== undefined)
    .filter((path) => !['', null, undefined].includes(valueAt(known, path) as string | null | undefined))
    .reduce<Values>((all, path) => withValue(all, path, ''), {});
}

/** The last one wins, as in helm. */
export function readValuesFiles(files: readonly string[]): Values {
  return files
    .map((file) => (readGoYaml(readFileSync(file, 'utf8')) as Values | null) ?? {})
    .reduce(coalesceValues, {});
}
