import type { Severity, SourceRange } from '../finding.ts';
import type { RuleId } from '../rules/rules.ts';
import type { SourceText } from '../source-text.ts';
import { deepest, oneLine, perhaps, type Scope } from '../sql/scope.ts';
import type { Text } from './text.ts';
import { textOf, unknownText } from './text.ts';
import { type FunctionValue, isCode, type Names, same, type Value } from './values.ts';

/** More steps than any migration needs: an endless loop ends here, and says so. */
const mostSteps = 200_000;

/** What the walk over the code carries along: names, what is judged with, and the statements it is in. */
export class Run {
  readonly source: SourceText;
  readonly globals: Names = new Map();
  scope: Scope;
  /** The innermost names last. */
  names: readonly Names[];
  /** Statements and calls around, innermost first. */
  frames: readonly SourceRange[] = [];
  depth = 0;
  /** The bodies of functions that are being run, outermost first. */
  active: readonly FunctionValue['body'][] = [];
  /** Bodies that, whatever they are called with, send nothing and leave nothing open: once seen, they needn't be run again. */
  readonly idle = new Set<FunctionValue['body']>();
  /** How often something has been sent or reported. */
  acts = 0;
  /** While the module is loaded, calls of foreign code are not the migration's. */
  loading = true;
  /** How many branches around may not be taken. */
  uncertain = 0;
  private readonly outer = new WeakMap<Names, Map<string, Names>>();
  private steps = 0;
  private unknowns = 0;
  private readonly numbers = new Map<Value | string, number>();

  constructor(source: SourceText, scope: Scope) {
    this.source = source;
    this.scope = scope;
    this.names = [this.globals];
  }

  /** Counts a step. @returns false when there have been too many */
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
    // A name of an outer level is changed for whoever looks at it; on a branch, perhaps.
    (elsewhere ?? level)?.set(name, elsewhere !== undefined && this.uncertain > 0 ? this.unknown(name) : value);
  }

  /** `global` and `nonlocal`: assignments go to the level where the name lives. */
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

  /** A value as a text; what is unknown becomes a name that says so. */
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

  /** The same for the same value, wherever it is used: what is imported by its path, an attribute by its object and name. */
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
      });
    }
  }

  /** Runs code that is around a statement, so that an override there counts. */
  within<T>(range: SourceRange, work: () => T): T {
    const around = this.frames;
    this.frames = [range, ...around];
    const result = work();
    this.frames = around;
    return result;
  }

  /** Runs code that is only reached perhaps, with no other in its place: what it makes isn't surely made. */
  uncertainly<T>(work: () => T): T {
    const around = this.scope;
    const result = perhaps(around, (branch) => {
      this.scope = branch;
      this.uncertain += 1;
      const worked = work();
      this.uncertain -= 1;
      return worked;
    });
    this.scope = around;
    return result;
  }

  /** Runs branches of which any one may be taken; afterwards only what all agree on is known. */
  branches(works: readonly (() => void)[]): void {
    const level = this.names.at(-1) ?? this.globals;
    const before = new Map(level);
    const ends = works.map((work) => {
      restore(level, before);
      const around = this.scope;
      perhaps(around, (branch) => {
        this.scope = branch;
        this.uncertain += 1;
        work();
        this.uncertain -= 1;
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
