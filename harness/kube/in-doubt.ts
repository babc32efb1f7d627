import { isFields } from './fields.ts';

/** What there is to see of a change whose answer did not come: whether it was made, by what was asked for. */

/**
 * Whether an object that is there is the one that was sent: by the labels and annotations, which name the run, or, where
 * it has none, by all that it holds.
 */
export function isAsSent(found: unknown, sent: object): boolean {
  const { metadata, apiVersion: _, kind: __, ...rest } = fieldsOf(sent);
  const { labels, annotations } = fieldsOf(metadata);
  const marks = { labels: fieldsOf(labels), annotations: fieldsOf(annotations) };
  const isMarked = Object.keys({ ...marks.labels, ...marks.annotations }).length > 0;
  return isMarked ? contains(found, { metadata: marks }) : contains(found, asStored(rest));
}

/** Whether a merge patch has come to pass: null stands for a member that is not there. */
export function isPatched(found: unknown, patch: object): boolean {
  return contains(found, asStored({ ...patch }));
}

/** A merge patch that is refused with 409 where the object has changed since it was looked at. */
export function onlyUpon(seen: unknown, patch: object): object {
  const { metadata } = fieldsOf(patch);
  const { resourceVersion } = fieldsOf(fieldsOf(seen)['metadata']);
  return resourceVersion === undefined ? patch : { ...patch, metadata: { ...fieldsOf(metadata), resourceVersion } };
}

/** Everything that is wanted is there; the server adds defaults of its own. */
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

/** A Secret's `stringData` is kept as base64 in `data`. */
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
