import type { Node, RangeVar } from '@pgsql/types';
import type { Column } from '../columns/column.ts';
import type { Known } from '../expressions/fold.ts';
import type { StatementScope } from './scope.ts';

/** A function of this migration, followed where it is called. */
export interface LocalRoutine {
  /** Judges the body within the calling statement. */
  readonly judge: (caller: StatementScope, args: readonly (Known | undefined)[]) => void;
}

export interface ColumnTies {
  readonly notNull: boolean;
  readonly type: Pick<Column, 'type' | 'modifiers' | 'constrainedDomain'>;
  /** Reasons why omitting the column is only valid while it stays NULL, e.g. `foreign key`. */
  readonly keys: readonly string[];
}

export interface NewCheck {
  readonly name: string;
  readonly expression: Node | undefined;
}

interface Settings {
  readonly lockTimeout: boolean;
  readonly defaultSchema: string;
  /** Temporary tables shadow others unless search_path lists pg_temp later. */
  readonly tempFirst: boolean;
}

const unqualified = 'public';
const setNames = ['objects', 'notNullDomains', 'constrainedDomains', 'locked', 'notValid', 'freshTypes'] as const;

/**
 * What the migration has created: unknown to image N, so that changing it is safe. IF NOT EXISTS doesn't count for
 * rules about N's data, but does for locks.
 */
export class MigrationState {
  /** `shared`: holds existing rows or receives N's (a partition, a foreign table). */
  readonly tables = new Map<string, 'definite' | 'maybe' | 'shared'>();
  /** `table.column`, with its default. */
  readonly columns = new Map<string, Node | undefined>();
  readonly objects = new Set<string>();
  /** Domains that refuse NULL, and those that check anything. */
  readonly notNullDomains = new Set<string>();
  readonly constrainedDomains = new Set<string>();
  readonly routines = new Map<string, LocalRoutine[]>();
  /** Tables blocked for N by the open transaction, and constraints added NOT VALID. */
  readonly locked = new Set<string>();
  readonly notValid = new Set<string>();
  /** In the open transaction: enums created, and values added to others. */
  readonly freshTypes = new Set<string>();
  readonly uncommittedValues = new Map<string, string>();
  /** Further constraints on N's values in new columns. */
  readonly columnTies = new Map<string, ColumnTies>();
  readonly checks = new Map<string, readonly NewCheck[]>();
  /** New tables that existing ones reference, and their ON DELETE. */
  readonly parents = new Map<string, 'cascade' | 'other'>();
  readonly dropsOnCommit = new Set<string>();
  lockTimeout = false;
  warnedOfLockTimeout = false;
  /** `unknown`: the runner of a SQL file may or may not open one. */
  transaction: 'open' | 'none' | 'unknown' = 'unknown';
  defaultSchema = unqualified;
  tempFirst = true;
  /** COMMIT keeps all but SET LOCAL; ROLLBACK restores `begun`. */
  private kept: Settings = { lockTimeout: false, defaultSchema: unqualified, tempFirst: true };
  private begun: Settings = this.kept;

  /** Copies the state for a branch that may not run. */
  fork(): MigrationState {
    const copy = new MigrationState();
    copy.replaceWith(this);
    return copy;
  }

  private replaceWith(other: MigrationState): void {
    for (const [table, how] of other.tables) this.tables.set(table, how);
    for (const [name, routines] of other.routines) this.routines.set(name, [...routines]);
    for (const [column, value] of other.columns) this.columns.set(column, value);
    for (const key of setNames) {
      for (const name of other[key]) this[key].add(name);
    }
    for (const [value, type] of other.uncommittedValues) this.uncommittedValues.set(value, type);
    for (const [column, ties] of other.columnTies) this.columnTies.set(column, ties);
    for (const [table, checks] of other.checks) this.checks.set(table, checks);
    for (const [table, how] of other.parents) this.parents.set(table, how);
    for (const table of other.dropsOnCommit) this.dropsOnCommit.add(table);
    this.kept = other.kept;
    this.begun = other.begun;
    this.lockTimeout = other.lockTimeout;
    this.warnedOfLockTimeout = other.warnedOfLockTimeout;
    this.transaction = other.transaction;
    this.defaultSchema = other.defaultSchema;
    this.tempFirst = other.tempFirst;
  }

  /** Keeps the risks of a branch that may have run. */
  absorbRisks(branch: MigrationState): void {
    for (const table of branch.locked) this.locked.add(table);
    for (const constraint of branch.notValid) this.notValid.add(constraint);
    for (const [value, type] of branch.uncommittedValues) this.uncommittedValues.set(value, type);
    for (const [name, routines] of branch.routines) {
      const known = this.routines.get(name) ?? [];
      this.routines.set(name, [...known, ...routines.filter((routine) => !known.includes(routine))]);
    }
    for (const domain of branch.notNullDomains) this.notNullDomains.add(domain);
    for (const domain of branch.constrainedDomains) this.constrainedDomains.add(domain);
    for (const [column, ties] of branch.columnTies) this.columnTies.set(column, ties);
    for (const [table, checks] of branch.checks) this.checks.set(table, checks);
    for (const [table, how] of branch.parents) this.parents.set(table, how);
    // Names created in the branch may not exist, those it dropped may.
    for (const table of this.tables.keys()) if (!branch.tables.has(table)) this.tables.delete(table);
    for (const column of this.columns.keys()) if (!branch.columns.has(column)) this.columns.delete(column);
    for (const object of this.objects) if (!branch.objects.has(object)) this.objects.delete(object);
    for (const type of this.freshTypes) if (!branch.freshTypes.has(type)) this.freshTypes.delete(type);
    this.warnedOfLockTimeout ||= branch.warnedOfLockTimeout;
    if (branch.defaultSchema !== this.defaultSchema) this.defaultSchema = '?';
    this.tempFirst &&= branch.tempFirst;
  }

  /** `schema.name`; temporary tables shadow others as in Postgres. */
  key(schema: string | undefined, name: string): string {
    if (schema === undefined && this.tempFirst && this.tables.has(`pg_temp.${name}`)) {
      return `pg_temp.${name}`;
    }
    return `${schema ?? this.defaultSchema}.${name}`;
  }

  relationKey(relation: RangeVar | undefined): string {
    const schema = relation?.relpersistence === 't' ? 'pg_temp' : relation?.schemaname;
    return this.key(schema, relation?.relname ?? '');
  }

  wordsKey(nameWords: readonly string[]): string {
    return this.key(nameWords.length > 1 ? nameWords.at(-2) : undefined, nameWords.at(-1) ?? '');
  }

  /** Changes to it can't affect N. */
  isNewTable(key: string): boolean {
    return this.tables.get(key) === 'definite';
  }

  /** New or at worst empty: locks and scans can't block N. */
  isHarmlessToLock(key: string): boolean {
    return this.tables.has(key);
  }

  /** Created by IF NOT EXISTS: may be older. */
  isFoundTable(key: string): boolean {
    return this.tables.get(key) === 'maybe';
  }

  isNewColumn(table: string, column: string): boolean {
    return this.isNewTable(table) || this.columns.has(`${table}.${column}`);
  }

  newColumnsOf(table: string): ReadonlyMap<string, Node | undefined> {
    const prefix = `${table}.`;
    return new Map(
      [...this.columns].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
    );
  }

  /** @param isLocal SET LOCAL: ends with the transaction */
  set(change: Partial<Settings>, isLocal = false): void {
    if (isLocal && this.transaction === 'none') {
      return;
    }
    Object.assign(this, change);
    if (!isLocal) {
      this.kept = { ...this.kept, ...change };
    }
    if (this.transaction === 'none') {
      this.begun = this.kept;
    }
  }

  beginTransaction(): void {
    this.transaction = 'open';
    this.begun = this.kept;
  }

  endTransaction(rolledBack: boolean): void {
    const back = rolledBack ? this.begun : this.kept;
    this.transaction = 'none';
    this.set(back);
    this.locked.clear();
    this.notValid.clear();
    this.freshTypes.clear();
    this.uncommittedValues.clear();
    for (const table of this.dropsOnCommit) {
      this.tables.delete(table);
    }
    this.dropsOnCommit.clear();
    if (rolledBack) {
      this.forgetWhatIsMade();
    }
  }

  /** Doesn't track which savepoint, nor what changed since. */
  rollBackToSavepoint(): void {
    this.forgetWhatIsMade();
    if (this.defaultSchema !== this.begun.defaultSchema) {
      this.set({ defaultSchema: '?' });
    }
  }

  /** `temporary` drops only temporary tables. */
  discard(what: 'all' | 'temporary'): void {
    for (const table of [...this.tables.keys()].filter((name) => name.startsWith('pg_temp.'))) {
      this.tables.delete(table);
    }
    if (what === 'all') {
      this.set({ lockTimeout: false, defaultSchema: unqualified, tempFirst: true });
    }
  }

  private forgetWhatIsMade(): void {
    this.tables.clear();
    this.columns.clear();
    this.objects.clear();
  }
}

/** Omits the default schema. */
export function printable(key: string): string {
  return key.startsWith(`${unqualified}.`) ? key.slice(unqualified.length + 1) : key;
}
