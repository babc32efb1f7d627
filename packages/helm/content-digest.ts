import { createHash, type Hash } from 'node:crypto';

/** SHA-256 of a JSON value; the order of members doesn't count. */
export function digestOf(value: unknown): string {
  const hash = createHash('sha256');
  write(hash, value);
  return hash.digest('base64');
}

export interface ContentDigest {
  readonly content: string;
  /** Absent if no file has one: Helm 3 drops them. */
  readonly fileTimes?: string;
}

/** Of what every Helm encodes alike: its values exactly; elsewhere empty equals absent. */
export function chartDigest(chart: unknown): ContentDigest {
  const times: (readonly [string, number])[] = [];
  const content = digestOf(canonical(chart, '', times));
  return times.length === 0 ? { content } : { content, fileTimes: digestOf(times) };
}

export function sameContent(a: ContentDigest, b: ContentDigest): boolean {
  return (
    a.content === b.content && (a.fileTimes === undefined || b.fileTimes === undefined || a.fileTimes === b.fileTimes)
  );
}

const fileTimes: ReadonlySet<string> = new Set(['modtime', 'schemamodtime']);

function canonical(value: unknown, path: string, times: (readonly [string, number])[]): unknown {
  if (Array.isArray(value)) {
    return value.length === 0
      ? null
      : value.map((element: unknown, index) => canonical(element, `${path}/${index}`, times));
  }
  if (!isTable(value)) {
    // Go's zero time, too.
    return value === undefined || value === '' || (typeof value === 'string' && value.startsWith('0001-01-01T'))
      ? null
      : value;
  }
  const members = Object.keys(value)
    .sort()
    .flatMap((key): readonly (readonly [string, unknown])[] => {
      const member = value[key];
      if (key === 'values') {
        return isTable(member ?? {}) && Object.keys(member ?? {}).length === 0 ? [] : [[key, member]];
      }
      const meant = canonical(member, `${path}/${key}`, times);
      if (meant !== null && fileTimes.has(key)) {
        times.push([`${path}/${key}`, Date.parse(String(meant))]);
        return [];
      }
      return meant === null ? [] : [[key, meant]];
    });
  return members.length === 0 ? null : Object.fromEntries(members);
}

/** Each value begins with its kind and length, so that no two are written alike. */
function write(hash: Hash, value: unknown): void {
  if (Array.isArray(value)) {
    hash.update(`[${value.length}:`);
    for (const element of value) {
      write(hash, element);
    }
  } else if (isTable(value)) {
    const keys = Object.keys(value).sort();
    hash.update(`{${keys.length}:`);
    for (const key of keys) {
      write(hash, key);
      write(hash, value[key]);
    }
  } else if (typeof value === 'string') {
    hash.update(`s${value.length}:`).update(value);
  } else {
    hash.update(`${typeof value}${String(value)};`);
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
