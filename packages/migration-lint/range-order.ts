import path from 'node:path';
import type { MigrationFile } from './lint.ts';
import { MigrationState } from './sql/state/state.ts';

/** What the migrations of a range have made so far: predicted, and where they are run, executed. */
export interface FileStates {
  readonly predicted: MigrationState;
  readonly executed: MigrationState;
  /** What they made of a catalogue: names of `keyOf`. */
  readonly made: Set<string>;
}

export function freshStates(): FileStates {
  return { predicted: new MigrationState(), executed: new MigrationState(), made: new Set() };
}

/** In the order in which they run: Alembic's behind what they build on, others by name. */
export function inOrder(files: readonly MigrationFile[]): readonly MigrationFile[] {
  const byName = [...files].sort((one, other) => one.path.localeCompare(other.path, 'en', { numeric: true }));
  const byRevision = new Map(
    byName.flatMap((file) => {
      const [own] = namesIn(file, 'revision');
      return own === undefined ? [] : [[`${path.dirname(file.path)}\0${own}`, file] as const];
    }),
  );
  const order = new Set<MigrationFile>();
  const visit = (file: MigrationFile, above: readonly MigrationFile[]) => {
    if (order.has(file) || above.includes(file)) {
      return;
    }
    for (const name of [...namesIn(file, 'down_revision'), ...namesIn(file, 'depends_on')]) {
      const parent = byRevision.get(`${path.dirname(file.path)}\0${name}`);
      if (parent !== undefined) {
        visit(parent, [...above, file]);
      }
    }
    order.add(file);
  };
  for (const file of byName) {
    visit(file, []);
  }
  return [...order];
}

/** The quoted names in an assignment at the start of a line. */
function namesIn({ language, text }: MigrationFile, variable: string): string[] {
  if (language !== 'python') {
    return [];
  }
  const value =
    new RegExp(`^${variable}\\b[^=\\n]*=\\s*(\\([^)]*\\)|\\[[^\\]]*\\]|[^\\n]*)`, 'm').exec(text)?.[1] ?? '';
  return [...value.replaceAll(/#[^\n]*/g, '').matchAll(/["']([^"']+)["']/g)].flatMap(([, name]) => name ?? []);
}

/** What is left to the next migration of the same folder. */
export class RangeStates {
  private readonly byFolder = new Map<string, FileStates>();
  private readonly edited: ReadonlySet<string>;

  /** @param edited older than the range: what they make is not new to N */
  constructor(edited: ReadonlySet<string>) {
    this.edited = edited;
  }

  before(file: MigrationFile): FileStates {
    const fresh = freshStates();
    if (this.edited.has(file.path)) {
      return fresh;
    }
    const folder = path.dirname(file.path);
    const known = this.byFolder.get(folder) ?? fresh;
    this.byFolder.set(folder, known);
    return known;
  }

  after({ language, environment }: MigrationFile, { predicted, executed }: FileStates): void {
    for (const state of [predicted, executed]) {
      if (language === 'sql') {
        // Whether a runner keeps its session is unknown; that it commits is not.
        state.endTransaction(false);
        state.discard('all');
        state.transaction = 'unknown';
      } else if (environment?.transactionPerMigration === true) {
        state.endTransaction(false);
      }
      state.warnedOfLockTimeout = false;
    }
  }
}
