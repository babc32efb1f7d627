import { isTable, type ValuePath, valueAt, withValue } from '@meho/helm/value-path';
import type { Values } from '@meho/helm/values';
import { installObjectNames } from '../install-target/install-values.ts';

const trustKey = 'ca.crt';
/** Read by OpenSSL and Go; Python's requests; Node. */
const variables = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'] as const;

const mountPath = '/etc/meho-acceptance';
const depth = 3;

const lists = {
  env: { names: /^(extra|additional)?Env(Vars?|ironment)?$/i, usual: 'extraEnv' },
  volumes: { names: /^(extra|additional)?Volumes$/i, usual: 'extraVolumes' },
  mounts: { names: /^(extra|additional)?(Volume)?Mounts$/i, usual: 'extraVolumeMounts' },
} as const;

export const bundleValues: Values = { trustBundle: { configMapName: installObjectNames.trustBundle, key: trustKey } };

/** Adds the run's ConfigMap to all lists of volumes and mounts. */
export function volumeValues(known: Values): Values {
  const volume = { name: installObjectNames.trustBundle, configMap: { name: installObjectNames.trustBundle } };
  const mount = { name: installObjectNames.trustBundle, mountPath, readOnly: true };
  const withVolumes = placesOf(known, 'volumes').reduce(
    (all, path) => appendItems(all, known, path, [volume]),
    {} as Values,
  );
  return placesOf(known, 'mounts').reduce((all, path) => appendItems(all, known, path, [mount]), withVolumes);
}

/** Adds variables pointing to the mount, as tables where the chart has or wants them. */
export function variableValues(known: Values, mountedAt: string, shape: 'list' | 'table'): Values {
  const file = `${mountedAt}/${trustKey}`;
  return placesOf(known, 'env').reduce((all, path) => {
    const there = valueAt(known, path);
    const isList = Array.isArray(there)
      ? there.length > 0 || shape === 'list'
      : shape === 'list' && there === undefined;
    if (!isList) {
      return variables.reduce((values, name) => withValue(values, [...path, name], file), all);
    }
    const names = (Array.isArray(there) ? there : []).map((each) => (isTable(each) ? each['name'] : undefined));
    const fresh = variables.filter((name) => !names.includes(name)).map((name) => ({ name, value: file }));
    return appendItems(all, known, path, fresh);
  }, {} as Values);
}

/** Keeps existing entries, as Helm replaces lists. */
function appendItems(values: Values, known: Values, path: ValuePath, more: readonly unknown[]): Values {
  const there = valueAt(known, path);
  return withValue(values, path, [...(Array.isArray(there) ? there : []), ...more]);
}

/** Falls back to the usual name if the values have no such list. */
function placesOf(known: Values, list: keyof typeof lists): readonly ValuePath[] {
  const { names, usual } = lists[list];
  // A table called `volumes` may mean something else.
  const fits = (path: ValuePath) => list === 'env' || Array.isArray(valueAt(known, path));
  const found = tablesAndLists(known).filter((path) => names.test(path.at(-1) ?? '') && fits(path));
  return found.length > 0 ? found : [[usual]];
}

function tablesAndLists(values: Values, above: ValuePath = []): readonly ValuePath[] {
  return Object.entries(values).flatMap(([key, value]): readonly ValuePath[] => {
    const path = [...above, key];
    // The broadcast's lists aren't the backplane's.
    if (key === 'broadcast' || path.length > depth || (!isTable(value) && !Array.isArray(value))) {
      return [];
    }
    return [path, ...(isTable(value) ? tablesAndLists(value, path) : [])];
  });
}
