import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { WorkflowRun } from './run.ts';

/** An operator's record that the code was not at fault. */
export interface OperatorNote {
  readonly run: number;
  /** The note's day in UTC: `2026-11-20`. */
  readonly date: string;
  readonly infrastructure: Infrastructure;
  readonly cause: string;
}

const infrastructures = [
  'cluster',
  'database',
  'dns',
  'github',
  'network',
  'node',
  'registry',
  'runner',
  'storage',
  'vault',
  'identity-provider',
] as const;
export type Infrastructure = (typeof infrastructures)[number];

const members = ['run', 'date', 'infrastructure', 'cause'];
const shortestCause = 10;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * YAML or JSON: a list of `{run, date, infrastructure, cause}`.
 * @returns every fault, with its line, as `problems`
 */
export function readNotes(text: string): {
  readonly notes: readonly OperatorNote[];
  readonly problems: readonly string[];
} {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core' });
  const line = (node: Node | null | undefined) => `line ${lines.linePos(node?.range?.[0] ?? 0).line}`;
  const problems = document.errors.map(
    ({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${firstLine(message)}`,
  );
  if (problems.length > 0) {
    return { notes: [], problems };
  }
  const list = document.contents;
  if (list === null) {
    return { notes: [], problems: [] };
  }
  if (!isSeq(list)) {
    return { notes: [], problems: ['line 1: expected a list of notes'] };
  }
  const notes: OperatorNote[] = [];
  const runs = new Set<number>();
  for (const item of list.items as readonly Node[]) {
    if (!isMap(item)) {
      problems.push(`${line(item)}: expected a note with ${members.join(', ')}`);
      continue;
    }
    const note = item.toJSON() as Readonly<Record<string, unknown>>;
    const place = (name: string) => {
      const value = item.get(name, true);
      return line(isScalar(value) ? value : item);
    };
    const { run, date, infrastructure, cause } = note;
    const wrong = [
      ...(Number.isSafeInteger(run) ? [] : [`${place('run')}: run: expected the id of a run`]),
      ...(isDay(date) ? [] : [`${place('date')}: date: expected a day as 2026-11-20`]),
      ...(infrastructures.some((known) => known === infrastructure)
        ? []
        : [`${place('infrastructure')}: infrastructure: expected one of ${infrastructures.join(', ')}`]),
      ...(typeof cause === 'string' && cause.trim().length >= shortestCause
        ? []
        : [`${place('cause')}: cause: expected what was broken, in at least ${shortestCause} characters`]),
      ...(runs.has(Number(run)) ? [`${place('run')}: run: ${run} has a note already`] : []),
      ...Object.keys(note)
        .filter((name) => !members.includes(name))
        .map((name) => `${place(name)}: ${name}: expected only ${members.join(', ')}`),
    ];
    problems.push(...wrong);
    runs.add(Number(run));
    if (wrong.length === 0) {
      notes.push(note as unknown as OperatorNote);
    }
  }
  return { notes, problems };
}

/** Compares with the day its latest attempt started or ended. */
export function isOfTheSameDay({ date }: OperatorNote, { startedAt, updatedAt }: WorkflowRun): boolean {
  // Later updates move updated_at: trust it only within a day of the start.
  const ended = Date.parse(updatedAt) - Date.parse(startedAt) < dayMs ? [day(updatedAt)] : [];
  return [day(startedAt), ...ended].includes(date);
}

function day(moment: string): string {
  return new Date(moment).toISOString().slice(0, 10);
}

function isDay(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d$/.test(value) &&
    !Number.isNaN(Date.parse(`${value}T00:00:00Z`)) &&
    day(`${value}T00:00:00Z`) === value
  );
}

const firstLine = (text: string) => text.split('\n')[0] ?? text;
