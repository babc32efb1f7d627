import type { AlterTableCmd } from '@pgsql/types';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { words } from '../syntax/tree.ts';
import { visitNewColumn } from './new-column.ts';

/** Columns of this migration don't matter to N. Returns whether it was such a command. */
export function visitAlterColumn(scope: StatementScope, table: string, command: AlterTableCmd): boolean {
  const { subtype, name = '', def } = command;
  visitNewColumn(scope, table, command);
  const column = printable(`${table}.${name}`);
  const isNew = scope.state.isNewColumn(table, name);
  const tell = (rule: Parameters<typeof report>[1], message: string) => {
    if (!isNew) {
      report(scope, rule, message);
    }
    return true;
  };
  switch (subtype) {
    case 'AT_DropColumn':
      tell(
        'drop-column',
        `drops column ${column}${command.behavior === 'DROP_CASCADE' ? ' and all that depends on it' : ''}`,
      );
      scope.state.columns.delete(`${table}.${name}`);
      return true;
    case 'AT_AlterColumnType': {
      const type = def !== undefined && 'ColumnDef' in def ? words(def.ColumnDef.typeName?.names).at(-1) : undefined;
      return tell('change-column-type', `changes the type of ${column}${type === undefined ? '' : ` to ${type}`}`);
    }
    case 'AT_SetNotNull':
      if (isNew && scope.state.columns.get(`${table}.${name}`) === undefined && !scope.state.isNewTable(table)) {
        report(scope, 'add-required-column', `sets the new ${column} NOT NULL, though N's rows get no value for it`);
      }
      return tell('set-not-null', `sets ${column} NOT NULL`);
    case 'AT_DropNotNull':
      return tell('drop-not-null', `drops NOT NULL of ${column}`);
    case 'AT_ColumnDefault':
      return def === undefined
        ? tell('drop-default', `drops the default of ${column}`)
        : tell('change-default', `changes the default of ${column}`);
    case 'AT_DropIdentity':
    case 'AT_DropExpression':
      return tell('drop-default', `drops the generated value of ${column}`);
    case 'AT_AddIdentity':
    case 'AT_SetIdentity':
    case 'AT_SetExpression':
      return tell('change-generated', `changes how ${column} gets its value`);
    case 'AT_AlterColumnGenericOptions':
      return tell('cannot-follow', `changes foreign-table options of ${column}`);
    default:
      return false;
  }
}
