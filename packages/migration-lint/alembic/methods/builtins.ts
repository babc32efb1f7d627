import type { SourceRange } from '../../finding.ts';
import { call, handsOverDatabase } from '../code/calls.ts';
import { attribute } from '../code/expressions.ts';
import { callForeign } from '../code/imports.ts';
import type { Run } from '../code/interpreter.ts';
import { type Arguments, reachesDatabase, type Value } from '../values/values.ts';
import { listLike } from './collection-methods.ts';

/** Functions without effect; their result counts as unknown. */
const harmless = new Set([
  'print',
  'len',
  'isinstance',
  'issubclass',
  'hasattr',
  'bool',
  'int',
  'float',
  'repr',
  'any',
  'all',
  'sum',
  'min',
  'max',
  'abs',
  'round',
  'id',
  'hash',
  'type',
  'bytes',
  'open',
  'next',
  'iter',
  'super',
  'callable',
  'ord',
  'divmod',
  'vars',
  'dir',
  'input',
  'frozenset',
  'slice',
  'format',
  'ascii',
  'property',
  'object',
  'NotImplementedError',
]);

export function builtin(run: Run, name: string, args: Arguments, range: SourceRange): Value {
  const [first, second, third] = args.positional;
  const key = args.named.get('key') ?? args.named.get('default');
  if (key !== undefined && reachesDatabase(key)) {
    return callForeign(run, name, args, range, true);
  }
  switch (name) {
    case 'str':
      return { kind: 'text', text: run.textOf(first, range) };
    case 'list':
    case 'tuple':
    case 'sorted':
    case 'set':
      if (first === undefined) return { kind: 'list', items: [] };
      return first.kind === 'list' ? listLike([...first.items], first) : run.unknown('a list');
    case 'reversed':
      return first?.kind === 'list' ? listLike(first.items.toReversed(), first) : run.unknown('a list');
    case 'dict':
      return {
        kind: 'dictionary',
        entries: new Map([...(first?.kind === 'dictionary' ? first.entries : []), ...args.named]),
        ...(first === undefined || (first.kind === 'dictionary' && first.unsure !== true) ? {} : { unsure: true }),
      };
    case 'enumerate':
      return first?.kind === 'list'
        ? listLike(
            first.items.map((item, index) => ({ kind: 'list', items: [{ kind: 'constant', value: index }, item] })),
            first,
          )
        : run.unknown('a list');
    case 'zip':
      return zip(run, args.positional);
    case 'range':
      return range_(run, args.positional);
    case 'chr':
      return first?.kind === 'constant' && typeof first.value === 'number'
        ? {
            kind: 'text',
            text: {
              text: String.fromCodePoint(first.value),
              exact: true,
              segments: [{ at: 0, source: range.start, verbatim: false }],
            },
          }
        : run.unknown('a character');
    case 'getattr':
      if (first !== undefined && second?.kind === 'text' && second.text.exact) {
        return attribute(first, second.text.text, range);
      }
      return first !== undefined && handsOverDatabase(args)
        ? run.unknown('an operation whose name is not known')
        : run.unknown('an attribute');
    case 'map':
    case 'filter':
      if (first !== undefined && second?.kind === 'list' && third === undefined) {
        const items = second.items.map((item) =>
          call(run, first, { positional: [item], named: new Map(), incomplete: false }, range),
        );
        return listLike(name === 'map' ? items : [...second.items], second, { unsure: name === 'filter' });
      }
      return callForeign(run, name, args, range, true);
    case 'setattr':
    case 'exec':
    case 'eval':
    case 'compile':
    case '__import__':
    case 'globals':
    case 'locals':
      run.report('cannot-follow', `uses ${name}(), behind which there may be anything`, range);
      return run.unknown(`the result of ${name}()`);
    default:
      if (harmless.has(name) || /(?:Error|Exception|Warning)$/.test(name)) {
        return run.unknown(`the result of ${name}()`);
      }
      return callForeign(run, name, args, range, true);
  }
}

function zip(run: Run, lists: readonly Value[]): Value {
  const rows = lists.flatMap((list) => (list.kind === 'list' ? [list.items] : []));
  if (rows.length !== lists.length) {
    return run.unknown('a list');
  }
  const length = Math.min(...rows.map((row) => row.length));
  return listLike(
    Array.from({ length }, (_, index) => ({ kind: 'list', items: rows.flatMap((row) => row[index] ?? []) })),
    ...lists.flatMap((list) => (list.kind === 'list' ? [list] : [])),
  );
}

function range_(run: Run, bounds: readonly Value[]): Value {
  const numbers = bounds.flatMap((bound) =>
    bound.kind === 'constant' && typeof bound.value === 'number' ? [bound.value] : [],
  );
  const [start = 0, end = 0, step = 1] = numbers.length === 1 ? [0, ...numbers] : numbers;
  const length = Math.ceil((end - start) / step);
  if (numbers.length !== bounds.length || !(length >= 0 && length <= 2_000)) {
    return run.unknown('a range');
  }
  return {
    kind: 'list',
    items: Array.from({ length }, (_, index) => ({ kind: 'constant', value: start + index * step })),
  };
}
