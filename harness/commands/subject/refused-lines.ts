import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { annotationLine } from '@meho/core/report/annotation';
import { safeLine } from '@meho/core/report/safe-text';
import { describeViolation } from '@meho/helm/describe-violation';
import { rootViolations } from '@meho/helm/fit-values';
import type { ValuesError, Violation } from '@meho/helm/render';
import { pathOf, type ValuePath } from '@meho/helm/value-path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { eachKey } from '../../release/environment/refusals.ts';

interface Place {
  readonly file: string;
  readonly line: number;
  /** How much of the value's path the file has. */
  readonly depth: number;
}

/** An annotation for each refused value that one of the files has, at its line in the last of them, as for helm. */
export function refusedLines(error: ValuesError, files: readonly string[]): readonly string[] {
  const looks = files.flatMap((file) => lookInto(file) ?? []);
  return rootViolations(error.violations).flatMap(eachKey).flatMap((violation) => {
    const places = wantedPaths(violation, error.chart).flatMap((wanted) => looks.flatMap((look) => look(wanted) ?? []));
    const best = places.toSorted((a, b) => a.depth - b.depth).at(-1);
    return best === undefined ? [] : [lineOf(violation, best)];
  });
}

function lineOf(violation: Violation, { file, line }: Place): string {
  const text = `at '${violation.path}': ${describeViolation(violation, undefined)}`;
  return annotationLine({ level: 'error', title: 'values', file: safeLine(file), line, text: safeLine(text) });
}

/** A subchart's paths start at its own values. Of a packed chart, a section of its name in a file tells that it is one. */
function wantedPaths(violation: Violation, folder: string): readonly ValuePath[] {
  const { chart } = violation;
  const own = valuePath(violation);
  if (chart === undefined) {
    return [own];
  }
  return existsSync(path.join(folder, 'charts', chart)) ? [[chart, ...own]] : [[chart, ...own], own];
}

/** A key that nothing knows is at its own line. */
function valuePath({ path: pointer, message }: Violation): ValuePath {
  const [, unknown] = /^additional properties '([^']+)'/.exec(message) ?? [];
  return unknown === undefined ? pathOf(pointer) : [...pathOf(pointer), unknown];
}

/** @returns undefined for what is not a file of values: helm has said so */
function lookInto(file: string): ((wanted: ValuePath) => Place | undefined) | undefined {
  try {
    const lines = new LineCounter();
    const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines });
    const shown = path.relative(process.cwd(), path.resolve(file));
    return (wanted) => {
      for (let depth = wanted.length; depth > 0; depth -= 1) {
        const offset = keyOffset(document, wanted.slice(0, depth));
        if (offset !== undefined) {
          return { file: shown, line: lines.linePos(offset).line, depth };
        }
      }
      return undefined;
    };
  } catch {
    return undefined;
  }
}

/** Where the value is; one that is empty has no place of its own, and its parent's is the next best. */
function keyOffset(document: ReturnType<typeof parseDocument>, wanted: ValuePath): number | undefined {
  const node: unknown = document.getIn(wanted, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
