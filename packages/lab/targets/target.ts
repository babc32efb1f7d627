export const targetName = 'rdc-meho';

/** `[]` is the entry itself. */
export interface TargetViolation {
  readonly path: readonly (string | number)[];
  readonly expected: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Contract: no chart repository as image, no moving tags. */
export function rulesOf(entry: unknown): readonly TargetViolation[] {
  const image = members(members(entry)['image']);
  const chart = members(members(entry)['chart']);
  const imagePath = reference(image['registry'], image['repository']);
  const chartPath = reference(chart['registry'], chart['chart']);
  const isChart =
    imagePath !== undefined &&
    chartPath !== undefined &&
    (imagePath === chartPath || last(imagePath) === last(chartPath));
  return [
    ...(isChart
      ? [{ path: ['image', 'repository'], expected: `the image's repository, not that of the chart (${chartPath})` }]
      : []),
    ...(typeof image['tag_policy'] === 'string' && /latest/i.test(image['tag_policy'])
      ? [{ path: ['image', 'tag_policy'], expected: 'a policy of immutable tags, not latest' }]
      : []),
  ];
}

/** As a registry's client reads them. */
function reference(registry: unknown, repository: unknown): string | undefined {
  if (typeof registry !== 'string' || typeof repository !== 'string') {
    return undefined;
  }
  const plain = (text: string) => text.replace(/^[a-z]+:\/\//i, '').replace(/^\/+|\/+$/g, '');
  const [host, path] = [plain(registry).toLowerCase(), plain(repository).toLowerCase()];
  return path === host || path.startsWith(`${host}/`) ? path : `${host}/${path}`;
}

function last(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
