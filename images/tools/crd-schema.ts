import { parseAllDocuments } from 'yaml';

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
  /** In kubeconform's format: kind, first part of the group, version. */
  readonly file: string;
  readonly schema: unknown;
}

/**
 * One per served version, as strict as `fieldValidation=Strict`: unknown fields are refused. Without CEL rules.
 * @param metadata schema of object metadata, which definitions omit
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
