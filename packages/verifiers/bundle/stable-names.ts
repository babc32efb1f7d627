import path from 'node:path';
import type { Metafile, OutputFile } from 'esbuild';

type Outputs = Metafile['outputs'];

const hashed = /^(.+)-[A-Z0-9]{8}\.js$/;

/**
 * Names the bundler's pieces by what is in them. By its hashes a changed line would rename nearly every file of dist/,
 * and git would see a new one in each.
 * @returns texts by file name
 */
export function withStableNames(files: readonly OutputFile[], outputs: Outputs): ReadonlyMap<string, string> {
  const names = stableNames(outputs);
  const reference = /(["'])\.\/([^"'/]+)\1/g;
  return new Map(
    files.map(({ path: file, text }) => [
      names.get(path.basename(file)) ?? path.basename(file),
      text.replaceAll(reference, (whole, quote, name) => {
        const stable = names.get(name);
        return stable === undefined ? whole : `${quote}./${stable}${quote}`;
      }),
    ]),
  );
}

/** By the bundler's name; the launcher has no hash and keeps its own. */
function stableNames(outputs: Outputs): ReadonlyMap<string, string> {
  const pieces = Object.entries(outputs).flatMap(([file, output]) => {
    const [name, stem] = hashed.exec(path.basename(file)) ?? [];
    const subject = output.entryPoint ?? largestInput(output);
    return name === undefined || stem === undefined
      ? []
      : [{ name, subject, stem: output.entryPoint === undefined ? `shared-${path.parse(subject).name}` : stem }];
  });
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { name, stem } of pieces.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))) {
    let stable = `${stem}.js`;
    for (let number = 2; taken.has(stable); number += 1) {
      stable = `${stem}-${number}.js`;
    }
    taken.add(stable);
    names.set(name, stable);
  }
  return names;
}

function largestInput({ inputs }: Outputs[string]): string {
  const [largest] = Object.entries(inputs).toSorted(
    ([one, { bytesInOutput: a }], [other, { bytesInOutput: b }]) => b - a || (one < other ? -1 : 1),
  );
  return largest?.[0] ?? 'helpers';
}
