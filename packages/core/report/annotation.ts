/** A line for GitHub, to be printed by `annotations`, which keeps it the only command that it holds. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  /** Relative to where the workflow checked it out. */
  readonly file?: string;
  /** From 1 on. */
  readonly line?: number;
  readonly column?: number;
  /** May have several lines. */
  readonly text: string;
}

export function annotationLine({ level, title, file, line, column, text }: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(',')}::${data(text)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
