import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Timed } from './timed.ts';

/** One pair, taken one after the other. */
export interface Pair {
  readonly subject: string;
  readonly own: Timed;
  readonly baseline: Timed;
  /** Load average of the last minute before it. */
  readonly load: number;
}

interface Line extends Pair {
  readonly ownCommit: string;
  readonly baselineCommit: string;
}

/** Pairs of these two builds, one a line, so that a run that was broken off goes on where it was. */
export class PairRecord {
  readonly file: string;
  private readonly commits: Pick<Line, 'ownCommit' | 'baselineCommit'>;

  constructor(folder: string, ownCommit: string, baselineCommit: string) {
    this.file = path.join(folder, 'bench-pairs.jsonl');
    this.commits = { ownCommit, baselineCommit };
  }

  /** None of a tree with changes: its commit doesn't say what was measured. */
  async read(): Promise<readonly Pair[]> {
    const { ownCommit, baselineCommit } = this.commits;
    if (ownCommit.endsWith('-dirty')) {
      return [];
    }
    const lines = (await readFile(this.file, 'utf8').catch(missing)).split('\n').flatMap(lineOf);
    return lines.filter((line) => line.ownCommit === ownCommit && line.baselineCommit === baselineCommit);
  }

  async add(pair: Pair): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true });
    await appendFile(this.file, `${JSON.stringify({ ...this.commits, ...pair })}\n`);
  }
}

function missing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') {
    return '';
  }
  throw error;
}

/** A line that a killed run wrote in part is measured again. */
function lineOf(text: string): readonly Line[] {
  try {
    return text === '' ? [] : [JSON.parse(text) as Line];
  } catch {
    return [];
  }
}
