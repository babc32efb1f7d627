import type { SourceRange } from '../../finding.ts';
import type { Run } from '../code/interpreter.ts';
import { formatText, slice } from '../values/operators.ts';
import { concatenate, textOf } from '../values/text.ts';
import type { Arguments, Value } from '../values/values.ts';
import { dictionaryOf } from './collection-methods.ts';

export function textMethod(
  run: Run,
  receiver: Extract<Value, { kind: 'text' }>,
  name: string,
  args: Arguments,
  range: SourceRange,
): Value {
  const { text } = receiver;
  const [first, second] = args.positional;
  const changed = (change: (value: string) => string): Value => ({
    kind: 'text',
    text: { ...textOf(change(text.text), text.segments[0]?.source ?? range.start), exact: text.exact },
  });
  const firstText = first === undefined ? undefined : run.textOf(first, range);
  switch (name) {
    case 'format':
      return { kind: 'text', text: formatText(run, text, args.positional, args.named, range) };
    case 'format_map':
      return { kind: 'text', text: formatText(run, text, [], dictionaryOf(first), range) };
    case 'join':
      return first?.kind === 'list'
        ? {
            kind: 'text',
            text: concatenate(
              first.items.flatMap((item, index) =>
                index === 0 ? [run.textOf(item, range)] : [text, run.textOf(item, range)],
              ),
            ),
          }
        : run.unknown('joined texts');
    case 'strip':
    case 'lstrip':
    case 'rstrip': {
      const start = name === 'rstrip' ? 0 : text.text.length - text.text.trimStart().length;
      const end = name === 'lstrip' ? text.text.length : text.text.trimEnd().length;
      return first === undefined
        ? { kind: 'text', text: slice(text, Math.min(start, end), end) }
        : run.unknown('a part of a text');
    }
    case 'lower':
      return changed((value) => value.toLowerCase());
    case 'upper':
      return changed((value) => value.toUpperCase());
    case 'title':
    case 'capitalize':
    case 'encode':
    case 'decode':
      return changed((value) => value);
    case 'replace': {
      const to = second === undefined ? undefined : run.textOf(second, range);
      return firstText !== undefined && to !== undefined
        ? {
            kind: 'text',
            text: {
              ...textOf(text.text.replaceAll(firstText.text, to.text), range.start),
              exact: text.exact && firstText.exact && to.exact,
            },
          }
        : run.unknown('a text');
    }
    case 'split':
    case 'splitlines': {
      const separator = name === 'splitlines' ? '\n' : firstText?.text;
      const parts =
        separator === undefined ? text.text.split(/\s+/).filter((part) => part !== '') : text.text.split(separator);
      return text.exact && second === undefined
        ? {
            kind: 'list',
            items: parts.map((part) => ({ kind: 'text', text: textOf(part, text.segments[0]?.source ?? range.start) })),
          }
        : run.unknown('parts of a text');
    }
    case 'startswith':
    case 'endswith':
      return text.exact && firstText?.exact === true
        ? {
            kind: 'constant',
            value: name === 'startswith' ? text.text.startsWith(firstText.text) : text.text.endsWith(firstText.text),
          }
        : run.unknown('a condition');
    default:
      return run.unknown(`the result of ${name}()`);
  }
}
