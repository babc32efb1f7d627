import type { Severity, SourceRange } from '../../finding.ts';
import type { RuleId } from '../../rules/rules.ts';
import type { SourceText } from '../../source-text.ts';
import { deepest, maybe, oneLine, type Scope } from '../../sql/state/scope.ts';
import type { Text } from '../values/text.ts';
import { textOf, unknownText } from '../values/text.ts';
import { type FunctionValue, isCode, type Names, same, type Value } from '../values/values.ts';

/** More than any migration needs; stops endless loops. */
const mostSteps = 200_000;

export class Run {
  readonly source: SourceText;
  readonly globals: Names = new Map();
  scope: Scope;
  /** Innermost last. */
  names: readonly Names[];
  /** Innermost first. */
  frames: readonly SourceRange[] = [];
  depth = 0;
  /** Outermost first. */
  active: readonly FunctionValue['body'][] = [];
  /** Bodies that do nothing and leave nothing unknown whatever their arguments, so they need not run again. */
  readonly idle = new Set<FunctionValue['body']>();
  /** Number of statements and findings so far. */
  acts = 0;
  /** While the module loads, calls of outside code aren't the migration's. */
  loading = true;
  /** The enclosing branches that may not run, outermost first. */
  enclosing: readonly object[] = [];
  private readonly outer = new WeakMap<Names, Map<string, Names>>();
  private steps = 0;
  private unknowns = 0;
  private readonly numbers = new Map<Value | string, number>();

  constructor(source: SourceText, scope: Scope) {
    this.source = source;
    this.scope = scope;
    this.names = [this.globals];
  }

  get isUncertain(): boolean {
    return this.enclosing.length > 0;
  }

  /** @returns false once the limit is exceeded */
  step(range: SourceRange): boolean {
    this.steps += 1;
    if (this.steps === mostSteps) {
      this.report('budget-exhausted', `takes more than ${mostSteps} steps`, range);
    }
    return this.steps < mostSteps;
  }

  lookup(name: string): Value | undefined {
    return this.names.findLast((level) => level.has(name))?.get(name);
  }

  define(name: string, value: Value): void {
    const level = this.names.at(-1);
    const elsewhere = level === undefined ? undefined : this.outer.get(level)?.get(name);
    // On an uncertain branch, an outer name becomes unknown.
    (elsewhere ?? level)?.set(name, elsewhere !== undefined && this.isUncertain ? this.unknown(name) : value);
  }

  /** Assignments go to the level that owns the name. */
  declareOuter(name: string, kind: 'global' | 'nonlocal'): void {
    const level = this.names.at(-1);
    const home = kind === 'global' ? this.globals : this.names.slice(0, -1).findLast((outer) => outer.has(name));
    if (level !== undefined && home !== undefined && level !== home) {
      const known = this.outer.get(level) ?? new Map<string, Names>();
      this.outer.set(level, known.set(name, home));
    }
  }

  unknown(what: string, opaque = false): Value {
    this.unknowns += 1;
    return { kind: 'unknown', id: this.unknowns, what, opaque };
  }

  textOf(value: Value | undefined, range: SourceRange): Text {
    if (value === undefined) {
      this.unknowns += 1;
      return unknownText(this.unknowns, range.start);
    }
    switch (value.kind) {
      case 'text':
        return value.text;
      case 'constant':
        return textOf(
          value.value === null
            ? 'None'
            : typeof value.value === 'boolean'
              ? value.value
                ? 'True'
                : 'False'
              : String(value.value),
          range.start,
        );
      case 'unknown':
        return unknownText(value.id, range.start);
      case 'made':
        return value.path.endsWith('quoted_name')
          ? this.textOf(value.args.positional[0], range)
          : unknownText(this.numberOf(value), range.start);
      default:
        return unknownText(this.numberOf(value), range.start);
    }
  }

  /** The same number for the same import path, or attribute of the same object. */
  private numberOf(value: Value): number {
    const key =
      value.kind === 'import'
        ? value.path
        : value.kind === 'method'
          ? `${this.numberOf(value.receiver)}.${value.name}`
          : value.kind === 'unknown'
            ? String(value.id)
            : value;
    const known = this.numbers.get(key);
    if (known !== undefined) {
      return known;
    }
    this.unknowns += 1;
    const number = value.kind === 'unknown' ? value.id : this.unknowns;
    this.numbers.set(key, number);
    return number;
  }

  report(rule: RuleId, message: string, range: SourceRange, severity?: Severity): void {
    this.acts += 1;
    if (this.depth <= deepest) {
      const { start, end } = range;
      this.scope.report({
        rule,
        ...(severity === undefined ? {} : { severity }),
        message,
        offset: start,
        frames: [range, ...this.frames],
        statement: oneLine(this.source.text.slice(start, end)),
        sql: this.source.text.slice(start, end),
      });
    }
  }

  /** Marks code as nested in a statement, so that an override there applies. */
  within<T>(range: SourceRange, work: () => T): T {
    const around = this.frames;
    this.frames = [range, ...around];
    const result = work();
    this.frames = around;
    return result;
  }

  /** Runs code whose results aren't certain to exist. */
  uncertainly<T>(work: () => T): T {
    const around = this.scope;
    const result = maybe(around, (branch) => {
      this.scope = branch;
      return this.inBranch(work);
    });
    this.scope = around;
    return result;
  }

  private inBranch<T>(work: () => T): T {
    const around = this.enclosing;
    this.enclosing = [...around, {}];
    const worked = work();
    this.enclosing = around;
    return worked;
  }

  /** Runs alternatives; afterwards only what all agree on is known. */
  branches(works: readonly (() => void)[]): void {
    const level = this.names.at(-1) ?? this.globals;
    const before = new Map(level);
    const ends = works.map((work) => {
      restore(level, before);
      const around = this.scope;
      maybe(around, (branch) => {
        this.scope = branch;
        this.inBranch(work);
      });
      this.scope = around;
      return new Map(level);
    });
    restore(level, before);
    for (const name of new Set(ends.flatMap((end) => [...end.keys()]))) {
      const [first, ...others] = ends.map((end) => end.get(name));
      if (first !== undefined && others.every((value) => same(first, value))) {
        level.set(name, first);
      } else {
        const opaque = ends.some((end) => isCode(end.get(name)));
        level.set(name, this.unknown(name, opaque));
      }
    }
  }
}

function restore(level: Names, values: ReadonlyMap<string, Value>): void {
  level.clear();
  for (const [name, value] of values) {
    level.set(name, value);
  }
}
