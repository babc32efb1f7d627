import { type Catalogue, type Entry, type Kind, keyOf } from '../catalogue.ts';

type Facts = Readonly<Record<string, string | null>>;

const log = 'public.audit_log';

export function catalogueOf(...entries: readonly Entry[]): Catalogue {
  return new Map(entries.map((entry) => [keyOf(entry), entry]));
}

export function other(kind: Kind, name: string, facts: Facts = {}, of = 'public'): Entry {
  return { kind, name: `${of}.${name}`, of, facts };
}

export function table(name: string, number: string, facts: Facts = {}): Entry {
  return other('table', name, { number, file: '1', persistence: 'p', owner: 'scratch', ...facts });
}

export function column(name: string, number: string, facts: Facts = {}, of = log): Entry {
  return other('column', name, { number, type: 'text', 'not null': 'false', default: null, ...facts }, of);
}

export function constraint(name: string, definition: string, columns: string, of = log, references?: string): Entry {
  const type = definition.startsWith('PRIMARY') ? 'p' : definition.charAt(0).toLowerCase();
  return other(
    'constraint',
    name,
    { type, definition, validated: 'true', columns, references: references ?? null },
    of,
  );
}

export function index(name: string, columns: string, { where, ...facts }: Facts = {}): Entry {
  const definition = `CREATE INDEX ${name} ON ${log} USING btree (${columns})${where == null ? '' : ` WHERE (${where})`}`;
  const all = { definition, unique: 'false', valid: 'true', columns, constraint: null, ...facts };
  return { kind: 'index', name: `public.${name}`, of: log, facts: all };
}

export const audit: readonly Entry[] = [
  { kind: 'schema', name: 'public', of: null, facts: {} },
  table('audit_log', '1'),
  column('id', '1', { type: 'integer', 'not null': 'true', default: 'nextval()' }),
  column('path', '2'),
  constraint('audit_log_pkey', 'PRIMARY KEY (id)', 'id'),
  index('audit_log_pkey', 'id', { unique: 'true', constraint: 'audit_log_pkey' }),
  index('audit_log_path', 'path'),
];
