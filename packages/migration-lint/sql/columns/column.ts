import type { ColumnDef, Constraint, Node } from '@pgsql/types';
import { knownTypes } from '../expressions/functions.ts';
import type { MigrationState } from '../state/state.ts';
import { isNullConstant } from '../syntax/constants.ts';
import { isEnforced, withEnforcement } from '../syntax/enforced.ts';
import { words } from '../syntax/tree.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  readonly serial: boolean;
  readonly identity: boolean;
  readonly generated: 'stored' | 'virtual' | undefined;
  readonly expression: Node | undefined;
  /** Undefined if there is none or it is NULL. */
  readonly defaultValue: Node | undefined;
  /** Its type is a domain of this migration that refuses NULL. */
  readonly notNullDomain: boolean;
  readonly constrainedDomain: boolean;
  /** E.g. 32 of `varchar(32)`. */
  readonly modifiers: readonly number[];
  /** Built in, from a well-known extension, or new here. */
  readonly knownType: boolean;
  readonly checks: readonly Constraint[];
  readonly uniques: readonly Constraint[];
  readonly references: readonly Constraint[];
  readonly location: number | undefined;
}

const serialTypes = /^(?:small|big)?serial[248]?$/;

export function columnOf(definition: ColumnDef, state: MigrationState): Column {
  const constraints = withEnforcement(
    (definition.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : [])),
  );
  const of = (...types: readonly Constraint['contype'][]) =>
    constraints.filter(({ contype }) => types.includes(contype));
  const typeWords = words(definition.typeName?.names);
  const typeKey = state.wordsKey(typeWords);
  const [generated] = of('CONSTR_GENERATED');
  const defaultValue = of('CONSTR_DEFAULT')[0]?.raw_expr ?? definition.raw_default;
  return {
    name: definition.colname ?? '',
    type: typeWords.at(-1) ?? '',
    notNull: of('CONSTR_NOTNULL', 'CONSTR_PRIMARY').length > 0 || definition.is_not_null === true,
    primaryKey: of('CONSTR_PRIMARY').length > 0,
    serial: typeWords.length === 1 && serialTypes.test(typeWords[0] ?? ''),
    identity: of('CONSTR_IDENTITY').length > 0,
    generated: generated === undefined ? undefined : generated.generated_kind === 'v' ? 'virtual' : 'stored',
    expression: generated?.raw_expr,
    defaultValue: defaultValue === undefined || isNullConstant(defaultValue) ? undefined : defaultValue,
    notNullDomain: state.notNullDomains.has(typeKey),
    constrainedDomain: state.constrainedDomains.has(typeKey),
    modifiers: (definition.typeName?.typmods ?? []).flatMap((node) =>
      'A_Const' in node && node.A_Const.ival !== undefined ? [node.A_Const.ival.ival ?? 0] : [],
    ),
    knownType: isKnownType(typeWords, typeKey, state),
    checks: of('CONSTR_CHECK').filter(isEnforced),
    uniques: of('CONSTR_UNIQUE', 'CONSTR_PRIMARY', 'CONSTR_EXCLUSION'),
    references: of('CONSTR_FOREIGN'),
    location: definition.location,
  };
}

/** Whether rows that omit the column get a value other than NULL. */
export function hasValue(column: Column): boolean {
  return column.defaultValue !== undefined || column.serial || column.identity || column.generated !== undefined;
}

function isKnownType(typeWords: readonly string[], key: string, state: MigrationState): boolean {
  const name = typeWords.at(-1) ?? '';
  return (
    typeWords[0] === 'pg_catalog' ||
    knownTypes.has(name) ||
    serialTypes.test(name) ||
    ['OBJECT_TYPE', 'OBJECT_DOMAIN'].some((kind) => state.objects.has(`${kind}:${key}`)) ||
    state.isNewTable(key)
  );
}
