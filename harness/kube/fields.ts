/*
 * What is read of objects and kubeconfigs. It stands apart from what reads kubeconfigs, which loads a YAML parser: a
 * verdict without a cluster needs none.
 */

export type Fields = Readonly<Record<string, unknown>>;

/** One named entry of a kubeconfig, with the folder its relative paths hang on. */
export interface Entry {
  readonly name: string;
  readonly fields: Fields;
  readonly folder: string;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is text; empty where it isn't there, which is the same to kubectl. */
export function textOf(fields: Fields, member: string): string {
  const value = fields[member];
  return typeof value === 'string' ? value : '';
}
