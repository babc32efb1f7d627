import type { Change } from './diff.ts';

/** E.g. `drops column audit_log.payload`. */
export function describe({ what, entry: { kind, name }, fact = '', before, after }: Change): string {
  const object = `${kind} ${printable(name)}`;
  if (what !== 'changed') {
    return `${what === 'added' ? 'adds' : 'drops'} ${object}`;
  }
  switch (fact) {
    case 'number':
      return `drops ${object} and makes another of its name`;
    case 'file':
      return kind === 'sequence' ? `starts ${object} anew` : `rewrites or empties ${object}`;
    case 'not null':
      return `${after === 'true' ? 'sets' : 'drops'} NOT NULL of ${object}`;
    case 'definition':
      return kind === 'function' ? `replaces ${object}` : `changes ${object}${fromTo(before, after)}`;
    default:
      return `changes ${fact} of ${object}${fromTo(before, after)}`;
  }
}

const longest = 60;

function fromTo(before: string | null | undefined, after: string | null | undefined): string {
  const short = (text: string | null | undefined) => {
    const line = (text ?? 'nothing').replaceAll(/\s+/g, ' ').trim();
    return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
  };
  return ` from ${short(before)} to ${short(after)}`;
}

function printable(name: string): string {
  return name.replace(/^public\./, '');
}
