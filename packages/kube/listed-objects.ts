import { isFields } from './api/fields.ts';

/**
 * The object itself, or what it lists. kubectl and helm take whatever has `items` at its top for a list, by any name, and
 * create what stands in it.
 */
export function listedObjects(object: unknown): readonly unknown[] {
  return isFields(object) && Array.isArray(object['items']) ? object['items'].flatMap(listedObjects) : [object];
}
