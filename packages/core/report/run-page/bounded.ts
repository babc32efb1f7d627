/** A page stays small whatever a test says: the rest is in report.json. */
export function bounded(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (the rest is in report.json)` : text;
}
