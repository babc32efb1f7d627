import { isTable } from '../helm/value-path.ts';
import { type GivenObject, readGivenObjects } from '../pr-smoke/given-objects.ts';
import { siteNames } from './site-values.ts';
import type { TrustSource } from './trust-in.ts';

/** In a ConfigMap or Secret of the operator's: here go the certificates that the run's services are known by. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it stands in people's files, for us to fill in
export const trustPlaceholder = '${trustBundle}';

/** What an operator gives for each namespace of the run, where it was read from. */
export interface ObjectsFile {
  readonly file: string;
  /** Those of them that bring the run's authorities. */
  readonly trustSources: readonly TrustSource[];
}

/** The file, looked at, or what is wrong with it. It is read again where the objects are made: requests hold no secrets. */
export function objectsFile(file: string): ObjectsFile | string {
  const objects = readGivenObjects(file);
  if (typeof objects === 'string') {
    return objects;
  }
  const taken = objects.find(
    ({ name, resource }) => resource.kind !== 'ServiceAccount' && Object.values<string>(siteNames).includes(name),
  );
  if (taken !== undefined) {
    return `other names than ${Object.values(siteNames).join(', ')}, which the run makes itself; ${taken.resource.kind} ${taken.name} is among the objects`;
  }
  const trustSources = objects.flatMap(({ name, resource: { kind }, body }) =>
    (kind === 'ConfigMap' || kind === 'Secret') && textsOf(body).some((text) => text.includes(trustPlaceholder))
      ? [{ kind, name } as const]
      : [],
  );
  return { file, trustSources };
}

/** The objects with the authorities in their places. @throws Error for a file that has changed since it was looked at */
export function objectsOf(file: string, authorities: string | undefined): readonly GivenObject[] {
  const objects = readGivenObjects(file);
  if (typeof objects === 'string') {
    throw new Error(`${file} has changed since it was looked at: expected ${objects}`);
  }
  return objects.map((object) => ({ ...object, body: filled(object.body, authorities ?? '') }));
}

const members = ['data', 'stringData'] as const;

function textsOf(body: GivenObject['body']): readonly string[] {
  return members.flatMap((member) => {
    const texts = body[member];
    return isTable(texts) ? Object.values(texts).filter((value) => typeof value === 'string') : [];
  });
}

function filled(body: GivenObject['body'], authorities: string): GivenObject['body'] {
  const changed = members.flatMap((member) => {
    const texts = body[member];
    return isTable(texts)
      ? [
          [
            member,
            Object.fromEntries(
              Object.entries(texts).map(([key, value]) => [
                key,
                typeof value === 'string' ? value.replaceAll(trustPlaceholder, () => authorities) : value,
              ]),
            ),
          ],
        ]
      : [];
  });
  return { ...body, ...Object.fromEntries(changed) };
}
