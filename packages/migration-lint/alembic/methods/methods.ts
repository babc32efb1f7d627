import type { SourceRange } from '../../finding.ts';
import { call, handsOverDatabase } from '../code/calls.ts';
import { callForeign } from '../code/imports.ts';
import type { Run } from '../code/interpreter.ts';
import { batchOperation } from '../operations/batch.ts';
import { executeSql, executeValue, reportBoundValues } from '../operations/execute.ts';
import { textOf } from '../values/text.ts';
import { type Arguments, none, type Value } from '../values/values.ts';
import { collectionMethod } from './collection-methods.ts';
import { libraryMethod } from './library-methods.ts';
import { textMethod } from './text-methods.ts';

/** Methods that send a statement, whatever the object. */
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
    return run.unknown('a value');
  }
  if (executing.has(name)) {
    executeValue(run, args.positional[0] ?? args.named.get('statement') ?? args.named.get('sql'), range);
    reportBoundValues(run, [...args.positional.slice(1), ...args.named.values()], range);
    return run.unknown('the result of a statement');
  }
  if (receiver.kind === 'made') {
    return libraryMethod(run, receiver, name, args, range);
  }
  if (name === 'drop_all' || name === 'drop') {
    executeSql(run, textOf('DROP TABLE meho_unknown', range.start), range);
    return none;
  }
  return handsOverDatabase(args) || isOpaque(receiver)
    ? callForeign(run, name, args, range, true)
    : run.unknown(`the result of ${name}()`);
}

/** Whether it may be code from outside the file, also through an attribute or base class. */
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
