import { type ObservationMessage, ObservationReader, type Observed } from '../observe/observation.ts';

/** A place in the migration: 1-based lines; columns in bytes of UTF-8, absent before Python 3.11. */
export type Place = readonly [line: number, column: number | null, endLine: number, endColumn: number | null];

/** First and last. */
export type Lines = readonly [number, number];

export interface SentStatement {
  /** `autocommit` and `transaction` bound an autocommit block. */
  readonly kind: 'sql' | 'autocommit' | 'transaction';
  readonly sql: string;
  /** Innermost first. */
  readonly frames: readonly Place[];
}

/** What one `upgrade()` sent. */
export interface Recording {
  /** Against a Postgres brought to N, or without a server: then whatever reads the database ends it. */
  readonly depth: 'online' | 'offline' | 'none';
  readonly statements: readonly SentStatement[];
  /** Why it ended early. */
  readonly failed: string | undefined;
  /** First and last lines of statements that did not run; undefined if none did. */
  readonly skipped: readonly Lines[] | undefined;
  /** Of those a part may not have run: conditional expressions, comprehensions. */
  readonly partial: readonly Lines[];
  /** Whether every statement of what was called ran. */
  readonly complete: boolean;
  /** Code of the same project that it called, of which a part that looks as if it sends something did not run. */
  readonly unseen: readonly Unseen[];
  /** Whether it ended because there is no server to answer. */
  readonly reads: boolean;
  /** An earlier migration that failed: then the database was not at N. */
  readonly behind: string | undefined;
}

interface Unseen {
  readonly frames: readonly Place[];
  readonly text: string;
}

interface Recordings {
  readonly byFile: ReadonlyMap<string, Recording>;
  readonly versions: string | undefined;
  /** Everything the program reached though it must not; undefined if it never said. */
  readonly reached: readonly string[] | undefined;
  /** Being loaded or run when the output ended. */
  readonly current: string | undefined;
  readonly done: boolean;
  /** There is a server, and no driver to reach it. */
  readonly isDriverless: boolean;
}

interface Message {
  readonly reached?: Readonly<Record<string, boolean>>;
  readonly versions?: Readonly<Record<string, string>>;
  readonly driverless?: boolean;
  readonly loading?: string;
  readonly begin?: string;
  readonly depth?: Recording['depth'];
  readonly statement?: SentStatement['kind'];
  readonly sql?: string;
  readonly frames?: readonly Place[];
  readonly end?: string;
  readonly failed?: string | null;
  readonly skipped?: readonly Lines[] | null;
  readonly partial?: readonly Lines[];
  readonly complete?: boolean;
  readonly unseen?: readonly Unseen[];
  readonly reads?: boolean;
  readonly behind?: string | null;
  readonly observation?: ObservationMessage;
  readonly done?: boolean;
}

/** Reads the recorder's lines as they come, so that what was sent before a hang isn't lost. */
export class RecordingReader implements Recordings {
  readonly byFile = new Map<string, Recording>();
  versions: string | undefined;
  reached: readonly string[] | undefined;
  current: string | undefined;
  done = false;
  isDriverless = false;
  private statements: SentStatement[] = [];
  private depth: Recording['depth'] = 'none';
  private behind: string | undefined;
  private readonly observed = new ObservationReader();

  /** By the files that got to their end on a server. */
  get observations(): ReadonlyMap<string, Observed> {
    return this.observed.byFile;
  }

  read(line: string): void {
    if (!line.startsWith('{')) {
      return;
    }
    const message: Message = JSON.parse(line);
    if (message.reached !== undefined) {
      this.reached = Object.entries(message.reached).flatMap(([what, isReached]) => (isReached ? [what] : []));
    } else if (message.versions !== undefined) {
      this.versions = Object.entries(message.versions)
        .map((pair) => pair.join(' '))
        .join(', ');
    } else if (message.driverless === true) {
      this.isDriverless = true;
    } else if (message.loading !== undefined) {
      this.current = message.loading;
    } else if (message.begin !== undefined) {
      this.current = message.begin;
      this.depth = message.depth ?? 'none';
      this.behind = message.behind ?? undefined;
      this.statements = [];
    } else if (message.statement !== undefined) {
      this.statements.push({ kind: message.statement, sql: message.sql ?? '', frames: message.frames ?? [] });
    } else if (message.end !== undefined) {
      this.end(message.end, message);
    } else if (message.observation !== undefined) {
      this.observed.read(message.observation);
    } else if (message.done === true) {
      this.done = true;
      this.current = undefined;
    }
  }

  private end(file: string, message: Message): void {
    const before = this.byFile.get(file);
    const recording: Recording = {
      depth: this.depth,
      statements: this.statements,
      failed: message.failed ?? undefined,
      skipped: message.skipped ?? undefined,
      partial: message.partial ?? [],
      complete: message.complete ?? false,
      unseen: message.unseen ?? [],
      reads: message.reads ?? false,
      behind: this.behind,
    };
    // Of two tries, the one that got to its end; otherwise what happened on a server.
    if (before === undefined || recording.failed === undefined) {
      this.byFile.set(file, recording);
    }
    this.current = undefined;
  }
}
