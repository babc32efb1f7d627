import type { SourceRange } from '../../finding.ts';
import type { Run } from '../code/interpreter.ts';
import { listLike } from '../methods/collection-methods.ts';
import { concatenate, type Text, textOf } from './text.ts';
import { noArguments, same, type Value } from './values.ts';

const text = (value: Text): Value => ({ kind: 'text', text: value });
const constant = (value: number | boolean | null): Value => ({ kind: 'constant', value });

export function binary(run: Run, operator: string, left: Value, right: Value, range: SourceRange): Value {
  if (operator === '+' && (left.kind === 'text' || right.kind === 'text')) {
    return text(concatenate([run.textOf(left, range), run.textOf(right, range)]));
  }
  if (operator === '+' && left.kind === 'list' && right.kind === 'list') {
    return listLike([...left.items, ...right.items], left, right);
  }
  if (operator === '%' && left.kind === 'text') {
    return text(percent(run, left.text, right, range));
  }
  if (
    operator === '*' &&
    left.kind === 'text' &&
    right.kind === 'constant' &&
    typeof right.value === 'number' &&
    right.value < 1_000
  ) {
    return text(concatenate(Array<Text>(Math.max(0, right.value)).fill(left.text)));
  }
  if ((operator === '==' || operator === 'is') && isExact(left) && isExact(right)) return constant(same(left, right));
  if ((operator === '!=' || operator === 'is not') && isExact(left) && isExact(right))
    return constant(!same(left, right));
  if (
    (operator === 'in' || operator === 'not in') &&
    isExact(left) &&
    right.kind === 'list' &&
    right.unsure !== true &&
    right.items.every(isExact)
  ) {
    return constant(right.items.some((item) => same(item, left)) === (operator === 'in'));
  }
  if (
    left.kind === 'constant' &&
    right.kind === 'constant' &&
    typeof left.value === 'number' &&
    typeof right.value === 'number'
  ) {
    const result = arithmetic(operator, left.value, right.value);
    if (result !== undefined) return constant(result);
  }
  if (/^(?:[-+*/%]|\/\/|\*\*)$/.test(operator) && (isExpression(left) || isExpression(right))) {
    return { kind: 'made', path: 'sqlalchemy.expression', args: noArguments, receiver: undefined, range };
  }
  return run.unknown('a computed value');
}

/** Of SQLAlchemy: what it computes is SQL, not a name. */
function isExpression(value: Value): boolean {
  return value.kind === 'made' && value.path.startsWith('sqlalchemy.');
}

function isExact(value: Value): boolean {
  return value.kind === 'constant' || (value.kind === 'text' && value.text.exact);
}

function arithmetic(operator: string, left: number, right: number): number | boolean | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '//':
      return right === 0 ? undefined : Math.floor(left / right);
    case '%':
      return right === 0 ? undefined : ((left % right) + right) % right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    default:
      return undefined;
  }
}

/** `value` is a tuple, one value or a dictionary. */
function percent(run: Run, pattern: Text, value: Value, range: SourceRange): Text {
  let next = 0;
  return substitute(pattern, /%(?:\((\w+)\))?[-+ #0]*\d*(?:\.\d+)?([srdif%])/g, ([, name, kind]) => {
    if (kind === '%') {
      return textOf('%', range.start);
    }
    if (name !== undefined) {
      return run.textOf(value.kind === 'dictionary' ? value.entries.get(name) : undefined, range);
    }
    next += 1;
    return quoteValue(
      run,
      value.kind === 'list' ? value.items[next - 1] : next === 1 ? value : undefined,
      kind === 'r' ? '!r' : '',
      range,
    );
  });
}

/** Attributes and format specifications stay unknown. */
export function formatText(
  run: Run,
  pattern: Text,
  positional: readonly Value[],
  named: ReadonlyMap<string, Value>,
  range: SourceRange,
): Text {
  let next = 0;
  return substitute(
    pattern,
    /\{\{|\}\}|\{(\w*)(![rsa])?(?::([^{}]*))?\}/g,
    ([found = '', field, conversion = '', spec = '']) => {
      if (found === '{{' || found === '}}') {
        return textOf(found.charAt(0), range.start);
      }
      const value =
        field === undefined || field === ''
          ? positional[next++]
          : /^\d+$/.test(field)
            ? positional[Number(field)]
            : named.get(field);
      return spec === '' ? quoteValue(run, value, conversion, range) : run.textOf(undefined, range);
    },
  );
}

export function quoteValue(run: Run, value: Value | undefined, conversion: string, range: SourceRange): Text {
  const plain = run.textOf(value, range);
  return conversion === '!r' && value?.kind === 'text' && plain.exact
    ? textOf(`'${plain.text.replaceAll("'", "\\'")}'`, range.start)
    : plain;
}

function substitute(pattern: Text, holes: RegExp, fill: (match: RegExpExecArray) => Text): Text {
  const parts: Text[] = [];
  let last = 0;
  for (const match of pattern.text.matchAll(holes)) {
    parts.push(slice(pattern, last, match.index), fill(match));
    last = match.index + match[0].length;
  }
  parts.push(slice(pattern, last, pattern.text.length));
  const whole = concatenate(parts);
  return { ...whole, exact: whole.exact && pattern.exact };
}

export function slice(whole: Text, from: number, to: number): Text {
  const start = whole.segments.findLast(({ at }) => at <= from) ?? { at: 0, source: 0, verbatim: false };
  const first = {
    at: 0,
    source: start.verbatim ? start.source + from - start.at : start.source,
    verbatim: start.verbatim,
  };
  const others = whole.segments
    .filter(({ at }) => at > from && at < to)
    .map((segment) => ({ ...segment, at: segment.at - from }));
  return { text: whole.text.slice(from, to), exact: whole.exact, segments: [first, ...others] };
}
