import type { SourceRange } from '../../finding.ts';
import type { Run } from '../code/interpreter.ts';
import type { Arguments, BatchValue, QueuedOperation, Value } from '../values/values.ts';
import { qualified } from './columns.ts';
import { sendSql } from './execute.ts';
import { isHarmless, named, operation, perform, signatures } from './operations.ts';

/** Other operations of Alembic are none of a batch's: it has no such attribute. */
const ofTable = new Set([
  'add_column',
  'alter_column',
  'create_check_constraint',
  'create_exclude_constraint',
  'create_foreign_key',
  'create_index',
  'create_primary_key',
  'create_unique_constraint',
  'drop_column',
  'drop_constraint',
  'drop_index',
]);

/** A batch sends its operations when its block ends; what it executes is sent at once, before all of them. */
export function batchOperation(run: Run, batch: BatchValue, name: string, args: Arguments, range: SourceRange): Value {
  if (/^(?:f|inline_literal|get_bind|get_context|execute)$/.test(name)) {
    return operation(run, name, args, range);
  }
  if (!ofTable.has(name)) {
    if (!isHarmless(name)) {
      run.report('cannot-follow', `uses batch operation ${name}(), which is none of Alembic's own`, range);
    }
    return run.unknown(`the result of ${name}()`);
  }
  const given = named(signatures[name]?.filter((parameter) => parameter !== 'table_name') ?? [], args);
  given.set('table_name', batch.table);
  if (batch.schema !== undefined) {
    given.set('schema', batch.schema);
  }
  const send = () => {
    perform(run, name, given, args, range);
  };
  if (batch.queue.isOpen) {
    batch.queue.operations.push({ frames: run.frames, branches: run.enclosing, send });
  } else {
    send();
  }
  return run.unknown(`the result of ${name}()`);
}

export function openBatch(batch: BatchValue): void {
  batch.queue.isOpen = true;
}

/** @param isSure whether the block ends without an error, which discards what it has collected */
export function closeBatch(run: Run, batch: BatchValue, isSure: boolean, range: SourceRange): void {
  const { queue } = batch;
  const operations = queue.operations.splice(0);
  queue.isOpen = false;
  const send = () => {
    sendAll(run, operations, run.enclosing.length - (isSure ? 0 : 1));
    if (batch.mayRecreate) {
      // Alembic copies the table, drops it, and gives the copy its name.
      run.uncertainly(() => {
        sendSql(run, `DROP TABLE ${qualified(run, batch.table, batch.schema, range)}`, range);
      });
    }
  };
  if (isSure) send();
  else run.uncertainly(send);
}

/** Operations of one branch are sent together, since what one makes is new in the next. */
function sendAll(run: Run, operations: readonly QueuedOperation[], depth: number): void {
  const around = run.frames;
  for (const group of groupsOf(operations, depth)) {
    if (group[0]?.branches[depth] !== undefined) {
      run.uncertainly(() => {
        sendAll(run, group, depth + 1);
      });
      continue;
    }
    for (const { frames, send } of group) {
      run.frames = frames;
      send();
    }
    run.frames = around;
  }
}

function groupsOf(operations: readonly QueuedOperation[], depth: number): QueuedOperation[][] {
  const groups: QueuedOperation[][] = [];
  let last: object | undefined;
  for (const queued of operations) {
    const branch = queued.branches[depth];
    if (groups.length === 0 || branch !== last) {
      groups.push([]);
    }
    groups.at(-1)?.push(queued);
    last = branch;
  }
  return groups;
}

export function batchOf(run: Run, given: ReadonlyMap<string, Value>): BatchValue {
  const recreate = given.get('recreate');
  // Unknown may be "always"; "auto" never recreates on Postgres.
  const mayRecreate =
    recreate !== undefined &&
    !(recreate.kind === 'text' && recreate.text.exact && /^(?:auto|never)$/.test(recreate.text.text));
  return {
    kind: 'batch',
    table: given.get('table_name') ?? run.unknown('a table'),
    schema: given.get('schema'),
    mayRecreate,
    queue: { isOpen: false, operations: [] },
  };
}
