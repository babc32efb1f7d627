import { addEnumValue } from './add-enum-value.ts';
import { addRequiredColumn } from './add-required-column.ts';
import { backfillUnderLock } from './backfill-under-lock.ts';
import { budgetExhausted } from './budget-exhausted.ts';
import { cannotFollow } from './cannot-follow.ts';
import { cannotParse } from './cannot-parse.ts';
import { changeColumnType } from './change-column-type.ts';
import { changeDefault } from './change-default.ts';
import { changeGenerated } from './change-generated.ts';
import { changeOwner } from './change-owner.ts';
import { changeSequence } from './change-sequence.ts';
import { changeSessionDefaults } from './change-session-defaults.ts';
import { checkValidates } from './check-validates.ts';
import { columnRewritesTable } from './column-rewrites-table.ts';
import { concurrentlyInTransaction } from './concurrently-in-transaction.ts';
import { createTrigger } from './create-trigger.ts';
import { deferConstraint } from './defer-constraint.ts';
import { deleteRows } from './delete-rows.ts';
import { deletedMigration } from './deleted-migration.ts';
import { detachPartition } from './detach-partition.ts';
import { dropColumn } from './drop-column.ts';
import { dropConstraint } from './drop-constraint.ts';
import { dropDefault } from './drop-default.ts';
import { dropIndex } from './drop-index.ts';
import { dropNotNull } from './drop-not-null.ts';
import { dropObject } from './drop-object.ts';
import { dropTable } from './drop-table.ts';
import { editedMigration } from './edited-migration.ts';
import { enumValueUncommitted } from './enum-value-uncommitted.ts';
import { explicitLock } from './explicit-lock.ts';
import { foreignKeyValidates } from './foreign-key-validates.ts';
import { generatedWithoutKind } from './generated-without-kind.ts';
import { indexExpression } from './index-expression.ts';
import { indexNotConcurrent } from './index-not-concurrent.ts';
import { lockWithoutTimeout } from './lock-without-timeout.ts';
import { overrideUnknownRule } from './override-unknown-rule.ts';
import { overrideUnused } from './override-unused.ts';
import { overrideWithoutReason } from './override-without-reason.ts';
import { referencesExistingTable } from './references-existing-table.ts';
import { refreshNotConcurrent } from './refresh-not-concurrent.ts';
import { renameColumn } from './rename-column.ts';
import { renameEnumValue } from './rename-enum-value.ts';
import { renameObject } from './rename-object.ts';
import { renameTable } from './rename-table.ts';
import { replaceRoutine } from './replace-routine.ts';
import { replaceView } from './replace-view.ts';
import { revoke } from './revoke.ts';
import { rowSecurity } from './row-security.ts';
import type { Rule } from './rule.ts';
import { setNotNull } from './set-not-null.ts';
import { severalStatements } from './several-statements.ts';
import { tableRewrite } from './table-rewrite.ts';
import { tightenConstraint } from './tighten-constraint.ts';
import { truncate } from './truncate.ts';
import { unforeseenChange } from './unforeseen-change.ts';
import { uniqueBuildsIndex } from './unique-builds-index.ts';
import { uniqueOnFoundTable } from './unique-on-found-table.ts';
import { updateRows } from './update-rows.ts';
import { validateInSameTransaction } from './validate-in-same-transaction.ts';

/** In the order of docs/rules/README.md. */
const catalogue = [
  dropTable,
  dropColumn,
  dropConstraint,
  dropIndex,
  dropObject,
  dropDefault,
  changeDefault,
  changeGenerated,
  dropNotNull,
  renameTable,
  renameColumn,
  renameObject,
  renameEnumValue,
  addEnumValue,
  changeColumnType,
  setNotNull,
  addRequiredColumn,
  tightenConstraint,
  deferConstraint,
  referencesExistingTable,
  uniqueOnFoundTable,
  truncate,
  deleteRows,
  updateRows,
  createTrigger,
  rowSecurity,
  revoke,
  changeOwner,
  detachPartition,
  changeSessionDefaults,
  changeSequence,
  replaceRoutine,
  replaceView,
  indexExpression,
  unforeseenChange,
  indexNotConcurrent,
  uniqueBuildsIndex,
  foreignKeyValidates,
  checkValidates,
  validateInSameTransaction,
  columnRewritesTable,
  tableRewrite,
  backfillUnderLock,
  enumValueUncommitted,
  severalStatements,
  generatedWithoutKind,
  refreshNotConcurrent,
  explicitLock,
  lockWithoutTimeout,
  concurrentlyInTransaction,
  cannotParse,
  cannotFollow,
  budgetExhausted,
  overrideWithoutReason,
  overrideUnknownRule,
  overrideUnused,
  editedMigration,
  deletedMigration,
] as const satisfies readonly Rule[];

export type RuleId = (typeof catalogue)[number]['id'];

// Complete: it is made of the list that the type is made of.
export const rules = Object.fromEntries(catalogue.map((rule) => [rule.id, rule])) as Readonly<Record<RuleId, Rule>>;

export const ruleIds: readonly RuleId[] = catalogue.map(({ id }) => id);

export function isRuleId(id: string): id is RuleId {
  return Object.hasOwn(rules, id);
}

/** From the package's root, with which it is packed. */
export function pageOf(rule: RuleId): string {
  return `docs/rules/${rule}.md`;
}

export function isUnjudged(rule: RuleId): boolean {
  return rule === 'cannot-parse' || rule === 'cannot-follow';
}
