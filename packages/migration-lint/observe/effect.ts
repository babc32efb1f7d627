import type { RuleId } from '../rules/rules.ts';
import type { Kind } from './catalogue.ts';
import type { Change } from './diff.ts';

/**
 * What a change is to an image that runs on the schema before it. `breaking`: one of the rules has to have foretold it.
 * `depends`: on values and expressions that a catalogue doesn't show; the rules decide, if they saw its statement.
 */
export type Effect =
  | { readonly kind: 'additive' }
  | { readonly kind: 'breaking' | 'depends'; readonly rules: readonly RuleId[] };

const additive: Effect = { kind: 'additive' };
const breaking = (...rules: readonly RuleId[]): Effect => ({ kind: 'breaking', rules });
const depends = (...rules: readonly RuleId[]): Effect => ({ kind: 'depends', rules });

const unique = ['tighten-constraint', 'unique-builds-index', 'unique-on-found-table', 'add-required-column'] as const;
const renames = ['rename-table', 'rename-column', 'rename-object'] as const;

const removed: Readonly<Record<Kind, Effect>> = {
  schema: breaking('drop-object', 'rename-object'),
  table: breaking('drop-table', 'drop-object', 'rename-table', 'rename-object'),
  view: breaking('drop-object', 'rename-object', 'rename-table'),
  'materialized view': breaking('drop-object', 'rename-object', 'rename-table'),
  sequence: breaking('drop-object', 'rename-object', 'drop-default', 'rename-table'),
  column: breaking('drop-column', 'rename-column', 'drop-object'),
  constraint: breaking('drop-constraint', 'rename-object', 'drop-object', 'drop-table'),
  index: breaking('drop-index', 'drop-constraint', 'rename-object', 'drop-object'),
  trigger: breaking('drop-object', 'rename-object'),
  rule: breaking('drop-object', 'rename-object'),
  policy: breaking('drop-object', 'row-security', 'rename-object'),
  function: breaking('drop-object', 'rename-object', 'replace-routine'),
  type: breaking('drop-object', 'rename-object'),
  extension: breaking('drop-object'),
  setting: breaking('change-session-defaults'),
};

/** By fact, where it isn't the definition. */
const changed: Readonly<Record<string, Effect>> = {
  owner: breaking('change-owner', 'drop-object'),
  persistence: breaking('table-rewrite'),
  'row security': breaking('row-security'),
  'part of': breaking('detach-partition', 'tighten-constraint'),
  type: breaking('change-column-type', 'add-required-column', ...renames),
  collation: breaking('change-column-type', ...renames),
  generated: breaking('change-generated', 'drop-default', ...renames),
  identity: breaking('change-generated', 'drop-default', 'change-default'),
  enabled: breaking('create-trigger', 'drop-object'),
  settings: breaking('change-sequence', 'change-generated', 'change-column-type'),
  labels: breaking('add-enum-value', 'rename-enum-value'),
  value: breaking('change-session-defaults'),
  permissive: breaking('row-security'),
  version: depends('drop-object'),
};

const redefined: Partial<Readonly<Record<Kind, Effect>>> = {
  table: breaking('detach-partition', 'tighten-constraint', ...renames),
  view: breaking('replace-view', 'drop-object', 'change-owner', ...renames),
  'materialized view': breaking('drop-object', ...renames),
  constraint: breaking('tighten-constraint', 'drop-constraint', 'defer-constraint', 'drop-object', ...renames),
  index: depends('drop-index', 'drop-constraint', ...unique, ...renames),
  trigger: breaking('create-trigger', 'drop-object', ...renames),
  rule: breaking('create-trigger', 'drop-object', ...renames),
  policy: depends('row-security', 'drop-object', ...renames),
  function: breaking('replace-routine', 'drop-object', ...renames),
  type: breaking(
    'tighten-constraint',
    'change-default',
    'drop-default',
    'drop-not-null',
    'set-not-null',
    'drop-constraint',
    'change-column-type',
    'drop-object',
    'add-required-column',
    ...renames,
  ),
};

export function effectOf(change: Change): Effect {
  if (change.what === 'removed') {
    return change.entry.kind === 'index' && change.entry.facts['valid'] === 'false'
      ? additive
      : removed[change.entry.kind];
  }
  return change.what === 'added' ? effectOfAddition(change) : effectOfChange(change);
}

function effectOfAddition({ entry: { kind, facts }, newColumns, wasUnique }: Change): Effect {
  switch (kind) {
    case 'column': {
      const filled = facts['default'] != null || facts['generated'] != null || facts['identity'] != null;
      return facts['not null'] === 'true' && !filled ? breaking('add-required-column') : additive;
    }
    case 'constraint': {
      const rules = [...unique, 'foreign-key-validates', 'check-validates', 'references-existing-table'] as const;
      if (wasUnique) {
        return additive;
      }
      return newColumns.length > 0 || facts['references'] != null ? depends(...rules) : breaking(...rules);
    }
    case 'index':
      if (facts['unique'] !== 'true' || wasUnique) {
        return additive;
      }
      return newColumns.length > 0 ? depends(...unique) : breaking(...unique);
    case 'trigger':
    case 'rule':
      return breaking('create-trigger');
    case 'policy':
      return depends('row-security');
    case 'setting':
      return breaking('change-session-defaults');
    default:
      return additive;
  }
}

function effectOfChange({ entry, fact = '', before, after }: Change): Effect {
  switch (fact) {
    case 'number':
      return entry.kind === 'table'
        ? breaking('drop-table', 'rename-table', 'drop-object')
        : breaking('drop-column', 'rename-column', 'drop-object');
    case 'file':
      return entry.kind === 'sequence'
        ? breaking('change-sequence', 'change-column-type', 'truncate', 'drop-object')
        : breaking('table-rewrite', 'column-rewrites-table', 'change-column-type', 'truncate', 'change-generated');
    case 'not null':
      return after === 'true'
        ? breaking('set-not-null', 'add-required-column', 'unique-builds-index', 'tighten-constraint')
        : breaking('drop-not-null', 'drop-constraint');
    case 'default':
      return after === null
        ? breaking('drop-default', 'drop-object')
        : breaking('change-default', 'change-generated', 'change-column-type', ...renames);
    case 'privileges':
      return lostOf(before, after).length > 0 ? breaking('revoke', 'change-owner', 'drop-object') : additive;
    case 'unique':
      return after === 'true' ? breaking(...unique) : breaking('drop-index', 'drop-constraint');
    case 'validated':
    case 'valid':
      return additive;
    case 'references':
      return breaking('drop-constraint', 'tighten-constraint', ...renames);
    case 'definition':
      return redefined[entry.kind] ?? breaking('drop-object');
    default:
      return changed[fact] ?? breaking('drop-object');
  }
}

function lostOf(before: string | null | undefined, after: string | null | undefined): string[] {
  const kept = new Set(after?.split(', '));
  return before?.split(', ').filter((privilege) => !kept.has(privilege)) ?? [];
}
