import type { SourceRange } from '../finding.ts';
import { call, handsOverDatabase } from './calls.ts';
import { collectionMethod } from './collection-methods.ts';
import { executeSql, executeValue } from './execute.ts';
import { callForeign } from './imports.ts';
import type { Run } from './interpreter.ts';
import { madeMethod } from './made-methods.ts';
import { batchOperation } from './operations.ts';
import { textOf } from './text.ts';
import { textMethod } from './text-methods.ts';
import { type Arguments, none, type Value } from './values.ts';

/** Methods that send a statement, whatever object they are called on. */
const executing = new Set([
  'execute',
  'exec',
  'exec_driver_sql',
  'executemany',
  'executescript',
  'scalar',
  'scalars',
  'stream',
  'copy_expert',
]);

export function callMethod(run: Run, receiver: Value, name: string, args: Arguments, range: SourceRange): Value {
  if (receiver.kind === 'batch') {
    return batchOperation(run, receiver, name, args, range);
  }
  if (receiver.kind === 'text') {
    return textMethod(run, receiver, name, args, range);
  }
  if (receiver.kind === 'list' || receiver.kind === 'dictionary') {
    return collectionMethod(run, receiver, name, args);
  }
  if (receiver.kind === 'import') {
    return call(run, { kind: 'import', path: `${receiver.path}.${name}` }, args, range);
  }
  const given = args.positional.length + args.named.size > 0 || args.incomplete;
  if (executing.has(name) && !given && receiver.kind === 'unknown' && !receiver.opaque) {
    // `execute(…).scalar()` reads a result.
    return run.unknown('a value');
  }
  if (executing.has(name)) {
    executeValue(run, args.positional[0] ?? args.named.get('statement') ?? args.named.get('sql'), range);
    return run.unknown('the result of a statement');
  }
  if (receiver.kind === 'made') {
    return madeMethod(run, receiver, name, args, range);
  }
  if (name === 'drop_all' || name === 'drop') {
    executeSql(run, textOf('DROP TABLE meho_unknown', range.start), range);
    return none;
  }
  return handsOverDatabase(args) || isOpaque(receiver)
    ? callForeign(run, name, args, range, true)
    : run.unknown(`the result of ${name}()`);
}

/** What may be code that is not in the file, also as an attribute of such: a class with a base from elsewhere, say. */
function isOpaque(value: Value): boolean {
  switch (value.kind) {
    case 'class':
    case 'instance':
      return true;
    case 'unknown':
      return value.opaque;
    case 'method':
      return isOpaque(value.receiver);
    default:
      return false;
  }
}
