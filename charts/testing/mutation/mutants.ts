import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART_FOLDER } from '../chart-folder.ts';

export interface Mutant {
  /** Below the chart's folder. */
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly text: string;
}

type Change = (line: string) => string | undefined;

const swapped = (pairs: Readonly<Record<string, string>>): Change => {
  // Where a function stands: in prose they are words.
  const words = new RegExp(`(?<=[(]|\\{\\{-? ?|\\bif |\\bwith |= )(${Object.keys(pairs).join('|')})(?= )`);
  return (line) => (words.test(line) ? line.replace(words, (word) => pairs[word] ?? word) : undefined);
};
const where =
  (pattern: RegExp, change: (line: string) => string): Change =>
  (line) =>
    pattern.test(line) ? change(line) : undefined;

/** What a template prints to say yes is any text: its opposite is none. */
const yes = /(?<=\}\})true(?=\{\{)/;
const flipped = where(/\b(true|false)\b/, (line) =>
  yes.test(line)
    ? line.replace(yes, '')
    : line.replace(/\b(true|false)\b/, (word) => (word === 'true' ? 'false' : 'true')),
);
const counted = where(/(?<![\w./%$-])\d+(?![\w.%-])/, (line) =>
  line.replace(/(?<![\w./%$-])\d+(?![\w.%-])/, (digits) => String(Number(digits) + 1)),
);
const renamed = where(/^\s*(- )?[\w./-]+: "?[A-Za-z*][\w.*/-]*"?$/, (line) => line.replace(/([\w*])("?)$/, '$1-x$2'));

const inTemplates: Readonly<Record<string, Change>> = {
  'without the line': where(/^(?!\s*(\{\{-? *(end|else|define|range|if|with)\b|\{\{-? *\/\*|---$|#))\s*\S/, () => ''),
  'the other condition': where(/\{\{-? if /, (line) => line.replace(/(\{\{-? )if (.+?)( -?\}\})/, '$1if not ($2)$3')),
  'the other comparison': swapped({ eq: 'ne', ne: 'eq', gt: 'lt', lt: 'gt', ge: 'lt' }),
  'the other connective': swapped({ and: 'or', or: 'and' }),
  'the other truth': flipped,
  'another number': counted,
  'another word': renamed,
};
const inValues: Readonly<Record<string, Change>> = {
  'the other truth': flipped,
  'another number': counted,
  'another word': renamed,
};

/** One change of one line each; comments are left alone. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const lines = text.split('\n');
  const commented = commentLines(lines);
  const changes = Object.entries(file.endsWith('values.yaml') ? inValues : inTemplates);
  return lines.flatMap((line, index) => {
    if (commented.has(index) || line.trim() === '' || line.trim().startsWith('#')) {
      return [];
    }
    return changes.flatMap(([what, change]) => {
      const changed = change(line);
      return changed === undefined || changed === line
        ? []
        : [{ file, line: index + 1, what, text: lines.toSpliced(index, 1, changed).join('\n') }];
    });
  });
}

function commentLines(lines: readonly string[]): ReadonlySet<number> {
  let inside = false;
  return new Set(
    lines.flatMap((line, index) => {
      inside = inside || line.includes('{{/*');
      const isComment = inside;
      inside = inside && !line.includes('*/');
      return isComment ? [index] : [];
    }),
  );
}

/** Of templates and values, the broadcast's included. */
export function everyMutant(): readonly Mutant[] {
  const templates = (folder: string) =>
    readdirSync(join(CHART_FOLDER, folder, 'templates')).map((name) => join(folder, 'templates', name));
  const files = ['', 'charts/broadcast'].flatMap((folder) => [join(folder, 'values.yaml'), ...templates(folder)]);
  return files.flatMap((file) => mutantsOf(file, readFileSync(join(CHART_FOLDER, file), 'utf8')));
}
