/* Kept apart from kubeconfigs, whose YAML parser a verdict without a cluster doesn't need. */

export type Fields = Readonly<Record<string, unknown>>;

export interface Entry {
  readonly name: string;
  readonly fields: Fields;
  readonly folder: string;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** kubectl takes missing for empty. */
export function textOf(fields: Fields, member: string): string {
  const value = fields[member];
  return typeof value === 'string' ? value : '';
}
