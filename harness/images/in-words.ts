const most = 4;

/** Some names as the title of a phase, short enough for a column of its table: more than a few are counted. */
export function inWords(names: readonly string[]): string {
  return names.length > most ? `${names.length} images` : names.join(', ');
}
