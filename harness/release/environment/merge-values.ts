/** Merges as helm does: objects by key, anything else replaced. */
export function mergeValues(
  values: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...values };
  for (const [key, value] of Object.entries(more)) {
    const before = result[key];
    result[key] = isObject(before) && isObject(value) ? mergeValues(before, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
