import { isFields } from './fields.ts';

/** Decides from the object whether a change with a lost answer was made. */

/** Compares labels and annotations, which name the run, else everything. */
export function isAsSent(found: unknown, sent: object): boolean {
  const { metadata, apiVersion: _, kind: __, ...rest } = fieldsOf(sent);
  const { labels, annotations } = fieldsOf(metadata);
  const marks = { labels: fieldsOf(labels), annotations: fieldsOf(annotations) };
  const isMarked = Object.keys({ ...marks.labels, ...marks.annotations }).length > 0;
  return isMarked ? contains(found, { metadata: marks }) : contains(found, asStored(rest));
}

/** Null means absent. */
export function isPatched(found: unknown, patch: object): boolean {
  return contains(found, asStored({ ...patch }));
}

/** The server then refuses to patch a changed object (409). */
export function ifUnchangedSince(seen: unknown, patch: object): object {
  const { metadata } = fieldsOf(patch);
  const { resourceVersion } = fieldsOf(fieldsOf(seen)['metadata']);
  return resourceVersion === undefined ? patch : { ...patch, metadata: { ...fieldsOf(metadata), resourceVersion } };
}

/** The server adds defaults. */
function contains(found: unknown, wanted: unknown): boolean {
  if (wanted === null) {
    return found === undefined || found === null;
  }
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(found) &&
      found.length === wanted.length &&
      wanted.every((item, index) => contains(found[index], item))
    );
  }
  if (isFields(wanted)) {
    const fields = fieldsOf(found);
    return Object.entries(wanted).every(([name, value]) => value === undefined || contains(fields[name], value));
  }
  return found === wanted;
}

/** Stored as base64 in `data`. */
function asStored({ stringData, ...rest }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!isFields(stringData)) {
    return rest;
  }
  const encoded = Object.entries(stringData).map(([name, value]) => [
    name,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, data: { ...fieldsOf(rest['data']), ...Object.fromEntries(encoded) } };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isFields(value) ? value : {};
}
