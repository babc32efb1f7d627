import { isTable, type ValuePath, valueAt, withValue } from '../helm/value-path.ts';
import type { Values } from '../helm/values.ts';
import { siteNames } from './site-values.ts';

/** The key of the run's ConfigMap. */
export const trustKey = 'ca.crt';
/** What OpenSSL and Go, Python's requests and Node read. */
const variables = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'] as const;

const mountPath = '/etc/meho-acceptance';
const depth = 3;

const lists = {
  env: { names: /^(extra|additional)Env(Vars?|ironment)?$/i, usual: 'extraEnv' },
  volumes: { names: /^(extra|additional)Volumes$/i, usual: 'extraVolumes' },
  mounts: { names: /^(extra|additional)(Volume)?Mounts$/i, usual: 'extraVolumeMounts' },
} as const;

export const bundleValues: Values = { trustBundle: { configMapName: siteNames.trustBundle, key: trustKey } };

/** The run's ConfigMap in each list of volumes that the chart has, and mounted by each list of mounts. */
export function volumeValues(known: Values): Values {
  const volume = { name: siteNames.trustBundle, configMap: { name: siteNames.trustBundle } };
  const mount = { name: siteNames.trustBundle, mountPath, readOnly: true };
  const withVolumes = placesOf(known, 'volumes').reduce((all, path) => added(all, known, path, [volume]), {} as Values);
  return placesOf(known, 'mounts').reduce((all, path) => added(all, known, path, [mount]), withVolumes);
}

/** What says where it is mounted, in each place for variables; as a table where the chart has or wants one. */
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
    return added(all, known, path, fresh);
  }, {} as Values);
}

/** Helm replaces lists: what the chart or its operator has in one stays. */
function added(values: Values, known: Values, path: ValuePath, more: readonly unknown[]): Values {
  const there = valueAt(known, path);
  return withValue(values, path, [...(Array.isArray(there) ? there : []), ...more]);
}

/** Where the chart's own values, or its operator's, have such a list; by its usual name where none has one. */
function placesOf(known: Values, list: keyof typeof lists): readonly ValuePath[] {
  const { names, usual } = lists[list];
  const found = tablesAndLists(known).filter((path) => names.test(path.at(-1) ?? ''));
  return found.length > 0 ? found : [[usual]];
}

function tablesAndLists(values: Values, above: ValuePath = []): readonly ValuePath[] {
  return Object.entries(values).flatMap(([key, value]): readonly ValuePath[] => {
    const path = [...above, key];
    // The broadcast's own are not the backplane's.
    if (key === 'broadcast' || path.length > depth || (!isTable(value) && !Array.isArray(value))) {
      return [];
    }
    return [path, ...(isTable(value) ? tablesAndLists(value, path) : [])];
  });
}
