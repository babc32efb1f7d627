import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Problem, UsageError } from '@meho/core/problem';

/** A file as it will be. */
export interface Change {
  /** From the repository's root. */
  readonly file: string;
  readonly text: string;
  readonly isNew: boolean;
}

/** @throws UsageError if the file is there */
export function create(root: string, file: string, text: string): Change {
  if (existsSync(path.join(root, file))) {
    throw new UsageError([`expected a name that is free, and ${file} is there: choose another`]);
  }
  return { file, text, isNew: true };
}

/** @throws Problem if an edit finds no place */
export function edit(root: string, file: string, ...edits: readonly ((text: string) => string | undefined)[]): Change {
  let text = readFileSync(path.join(root, file), 'utf8');
  for (const each of edits) {
    const edited = each(text);
    if (edited === undefined) {
      throw new Problem({
        expected: `${file} to have the form that the generator knows`,
        observed: 'no place for the new entry',
        next: `write it by hand, and mend harness/commands/scaffold/ with it`,
      });
    }
    text = edited;
  }
  return { file, text, isNew: false };
}

/** As the formatter sorts paths: without the extension, so that `version` comes before `version-tells`; numbers by value. */
const byPath = new Intl.Collator('en', { numeric: true });
const withoutExtension = (place: string) => place.replace(/\.ts$/, '');

/** Adds an import at its sorted place among those of the same folder. */
export function addImport(binding: string, from: string): (text: string) => string | undefined {
  const folder = from.slice(0, from.lastIndexOf('/') + 1);
  const siblingIn = (line: string) => {
    const place = /^import .* from '([^']+)';$/.exec(line)?.[1];
    return place?.startsWith(folder) ? withoutExtension(place) : undefined;
  };
  return (text) => {
    const lines = text.split('\n');
    const last = lines.findLastIndex((line) => siblingIn(line) !== undefined);
    const next = lines.findIndex((line) => {
      const sibling = siblingIn(line);
      return sibling !== undefined && byPath.compare(sibling, withoutExtension(from)) > 0;
    });
    return last < 0
      ? undefined
      : lines.toSpliced(next < 0 ? last + 1 : next, 0, `import { ${binding} } from '${from}';`).join('\n');
  };
}

/** Adds text before the first place after `start` where `anchor` stands. */
export function addBefore(start: string, anchor: string, added: string): (text: string) => string | undefined {
  return (text) => {
    const from = text.indexOf(start);
    const at = from < 0 ? -1 : text.indexOf(anchor, from + start.length);
    return at < 0 ? undefined : text.slice(0, at) + added + text.slice(at);
  };
}

/** All or none: what was written is taken back if the next can't be. */
export function writeAll(root: string, changes: readonly Change[]): void {
  const undo: (() => void)[] = [];
  try {
    for (const { file, text, isNew } of changes) {
      const absolute = path.join(root, file);
      if (isNew) {
        const made = mkdirSync(path.dirname(absolute), { recursive: true });
        undo.push(() => rmSync(made ?? absolute, { recursive: true, force: true }));
        writeFileSync(absolute, text, { flag: 'wx' });
      } else {
        const before = readFileSync(absolute, 'utf8');
        undo.push(() => writeFileSync(absolute, before));
        writeFileSync(absolute, text);
      }
    }
  } catch (error) {
    for (const takeBack of undo.toReversed()) {
      takeBack();
    }
    throw error;
  }
}

/** What the author has yet to write. */
export const mark = 'FILL IN';

/** `a-name` as an identifier: `aName`. */
export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** As the formatter writes it. */
function arrayOf(files: readonly string[]): string {
  const quoted = files.map((file) => `'${file}'`);
  const line = `[${quoted.join(', ')}]`;
  return line.length <= 100 ? line : `[\n${quoted.map((each) => `    ${each},\n`).join('')}  ]`;
}

/** A test that is red, and says what to write, for as long as a mark is left. */
export function unwrittenTest(name: string, files: readonly string[], imports = ''): string {
  return `import { readFileSync } from 'node:fs';
import { repositoryRoot } from '@meho/core/repository';
${imports}
// Goes when it is green.
test('${name} is written out', () => {
  const files = ${arrayOf(files)};
  const unwritten = files.flatMap((file) =>
    readFileSync(\`\${repositoryRoot}/\${file}\`, 'utf8')
      .split('\\n')
      .flatMap((line, index) => (line.includes('${mark}') ? [\`\${file}:\${index + 1}: \${line.trim()}\`] : [])),
  );
  expect(unwritten).toEqual([]);
});
`;
}
