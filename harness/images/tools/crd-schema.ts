import { parseAllDocuments } from 'yaml';

/** A schema of OpenAPI 3 as CustomResourceDefinitions have it, as far as it matters what it is closed to. */
interface CrdSchema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly additionalProperties?: boolean | CrdSchema;
  readonly items?: CrdSchema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly [keyword: string]: unknown;
}

interface Definition {
  readonly spec?: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: CrdSchema };
    }[];
  };
}

export interface NamedSchema {
  /** As kubeconform looks for it: kind, first part of the group, version. */
  readonly file: string;
  readonly schema: unknown;
}

/**
 * The JSON schema of each version that a CustomResourceDefinition serves, as strict as the API server with
 * `fieldValidation=Strict`: a field that isn't declared is refused. Its CEL rules are not part of a schema.
 *
 * @param metadata the schema of every object's metadata, which the definition leaves to the API server
 */
export function schemasOfDefinition(text: string, metadata: unknown): readonly NamedSchema[] {
  return parseAllDocuments(text).flatMap((document) => {
    const { spec }: Definition = document.toJS() ?? {};
    return (spec?.versions ?? [])
      .filter(({ served }) => served)
      .map(({ name, schema: { openAPIV3Schema } }) => {
        const { group, names } = spec ?? { group: '', names: { kind: '' } };
        const closed = strict(openAPIV3Schema) as { readonly properties: Readonly<Record<string, unknown>> };
        return {
          file: `${names.kind.toLowerCase()}-${group.split('.')[0]}-${name}.json`,
          schema: {
            ...closed,
            required: ['apiVersion', 'kind', 'metadata', 'spec'],
            properties: {
              ...closed.properties,
              apiVersion: { enum: [`${group}/${name}`] },
              kind: { enum: [names.kind] },
              metadata,
            },
          },
        };
      });
  });
}

function strict(schema: CrdSchema): unknown {
  const { properties, items, additionalProperties, nullable, ...rest } = schema;
  const isClosed =
    properties !== undefined &&
    additionalProperties === undefined &&
    schema['x-kubernetes-preserve-unknown-fields'] !== true;
  return {
    ...rest,
    ...(nullable === true && rest.type !== undefined ? { type: [rest.type, 'null'] } : {}),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, strict(inner)])) }),
    ...(items === undefined ? {} : { items: strict(items) }),
    ...(isClosed ? { additionalProperties: false } : {}),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean' ? additionalProperties : strict(additionalProperties),
        }),
  };
}
