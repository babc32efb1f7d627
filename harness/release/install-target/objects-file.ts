import { isTable } from '@meho/helm/value-path';
import { readSuppliedObjects, type SuppliedObject } from '@meho/lab/pr-smoke/supplied-objects';
import type { TrustSource } from '../trust/trust-mounts.ts';
import { installObjectNames } from './install-values.ts';

/** Placeholder in the operator's objects for the certificates of the run's services. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it stands in people's files, for us to fill in
export const trustPlaceholder = '${trustBundle}';

export interface ObjectsFile {
  readonly file: string;
  /** Those carrying the run's authorities. */
  readonly trustSources: readonly TrustSource[];
}

/** Returns the file, or what is wrong with it. Objects are read again on creation: requests hold no secrets. */
export function readObjectsFile(file: string): ObjectsFile | string {
  const objects = readSuppliedObjects(file);
  if (typeof objects === 'string') {
    return objects;
  }
  const taken = objects.find(
    ({ name, resource }) =>
      resource.kind !== 'ServiceAccount' && Object.values<string>(installObjectNames).includes(name),
  );
  if (taken !== undefined) {
    return `other names than ${Object.values(installObjectNames).join(', ')}, which the run makes itself; ${taken.resource.kind} ${taken.name} is among the objects`;
  }
  const raw = objects.find(
    ({ resource: { kind }, body: { data } }) =>
      kind === 'Secret' && isTable(data) && Object.values(data).some((text) => String(text).includes(trustPlaceholder)),
  );
  if (raw !== undefined) {
    return `base64 in data of Secret ${raw.name}: ${trustPlaceholder} goes into its stringData`;
  }
  const trustSources = objects.flatMap((object) => {
    const { name, resource } = object;
    const { kind } = resource;
    return (kind === 'ConfigMap' || kind === 'Secret') &&
      textsOf(object).some((text) => text.includes(trustPlaceholder))
      ? [{ kind, name } as const]
      : [];
  });
  return { file, trustSources };
}

/** @throws Error if the file has changed since it was checked */
export function objectsWithTrust(file: string, authorities: string | undefined): readonly SuppliedObject[] {
  const objects = readSuppliedObjects(file);
  if (typeof objects === 'string') {
    throw new Error(`${file} has changed since it was looked at: expected ${objects}`);
  }
  return objects.map((object) => ({ ...object, body: fillPlaceholders(object, authorities ?? '') }));
}

interface TextMember {
  readonly member: string;
  readonly kinds: readonly string[];
  readonly encoding?: 'base64';
}

/** Where objects hold text, and how. */
const textMembers: readonly TextMember[] = [
  { member: 'data', kinds: ['ConfigMap'] },
  { member: 'binaryData', kinds: ['ConfigMap'], encoding: 'base64' },
  { member: 'stringData', kinds: ['Secret'] },
  { member: 'data', kinds: ['Secret'], encoding: 'base64' },
];

function textsOf({ resource: { kind }, body }: SuppliedObject): readonly string[] {
  return membersOf(kind).flatMap(({ member, encoding }) => {
    const texts = body[member];
    return isTable(texts)
      ? Object.values(texts).flatMap((value) => (typeof value === 'string' ? decoded(value, encoding) : []))
      : [];
  });
}

function fillPlaceholders({ resource: { kind }, body }: SuppliedObject, authorities: string): SuppliedObject['body'] {
  const changed = membersOf(kind).flatMap(({ member, encoding }) => {
    const texts = body[member];
    const filled = (value: unknown) => {
      const text = typeof value === 'string' ? decoded(value, encoding) : '';
      return text.includes(trustPlaceholder)
        ? encoded(
            text.replaceAll(trustPlaceholder, () => authorities),
            encoding,
          )
        : value;
    };
    return isTable(texts)
      ? [[member, Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, filled(value)]))]]
      : [];
  });
  return { ...body, ...Object.fromEntries(changed) };
}

function membersOf(kind: string): readonly TextMember[] {
  return textMembers.filter(({ kinds }) => kinds.includes(kind));
}

function decoded(text: string, encoding: TextMember['encoding']): string {
  return encoding === undefined ? text : Buffer.from(text, encoding).toString('utf8');
}

function encoded(text: string, encoding: TextMember['encoding']): string {
  return encoding === undefined ? text : Buffer.from(text).toString(encoding);
}
