import { gunzipSync } from 'node:zlib';
import type { CallOptions, KubeApi } from '../kube/api.ts';
import { secrets } from '../kube/resource.ts';
import { Problem } from '../problem.ts';

/** Values as YAML has them. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * What the newest deployed revision of a release was made with: the chart's own values under those that were given.
 * They may hold secrets: take out what is needed and print none of the rest.
 *
 * @throws Problem where there is no such release
 */
export async function releaseValues(
  api: KubeApi,
  namespace: string,
  release: string,
  options: CallOptions = {},
): Promise<Values> {
  const labels = `owner=helm,name=${release},status=deployed`;
  const { items } = await api.list(secrets, { namespace, labels, fields: 'type=helm.sh/release.v1' }, options);
  const newest = items.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0]?.data?.['release'];
  if (newest === undefined) {
    throw new Problem({
      expected: `a deployed Helm release ${release} in namespace ${namespace}`,
      observed: 'there is none',
      next: 'look for it: helm list --all-namespaces',
    });
  }
  // Base64 of the API around base64 of Helm's own around gzip around JSON.
  const packed = Buffer.from(Buffer.from(newest, 'base64').toString('latin1'), 'base64');
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const record: { readonly config?: Values | null; readonly chart?: { readonly values?: Values | null } } = JSON.parse(
    (isGzip ? gunzipSync(packed) : packed).toString('utf8'),
  );
  return coalesced(record.chart?.values ?? {}, record.config ?? {});
}

/** As helm does it: tables are merged, anything else is replaced, and null takes away. */
export function coalesced(defaults: Values, given: Values): Values {
  const result: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    const before = result[key];
    if (value === null) {
      delete result[key];
    } else {
      result[key] = isTable(before) && isTable(value) ? coalesced(before, value) : value;
    }
  }
  return result;
}

function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function revisionOf({
  metadata,
}: {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}): number {
  return Number(metadata?.labels?.['version'] ?? 0);
}
