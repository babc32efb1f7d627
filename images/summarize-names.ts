const most = 4;

export function summarizeNames(names: readonly string[]): string {
  return names.length > most ? `${names.length} images` : names.join(', ');
}
