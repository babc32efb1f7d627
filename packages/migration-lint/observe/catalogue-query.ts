/** No percent sign in either: drivers take it for a placeholder. */

const privileges = (acl: string, kind: string, owner: string) => `(SELECT string_agg(
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END || ' ' || a.privilege_type, ', '
    ORDER BY a.grantee, a.privilege_type) FROM aclexplode(${kind === '' ? acl : `coalesce(${acl}, acldefault(${kind}, ${owner}))`}) a)`;

const row = (kind: string, name: string, of: string, facts: Readonly<Record<string, string>>) =>
  `json_build_object('kind', ${kind}, 'name', ${name}, 'of', ${of}, 'facts', json_build_object(${Object.entries(facts)
    .map(([fact, value]) => `'${fact}', (${value})::text`)
    .join(', ')}))::text`;

const own = (schema: string) => `left(${schema}, 3) <> 'pg_' AND ${schema} <> 'information_schema'`;

/** What an extension brings changes with the extension. */
const noMember = (catalogue: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = '${catalogue}'::regclass AND e.objid = ${oid})`;

const relation = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND ${own('n.nspname')} AND ${noMember('pg_class', 'c.oid')}`;
const table = "n.nspname || '.' || c.relname";
const tables = "c.relkind IN ('r', 'p', 'f')";

const names = (numbers: string) =>
  `SELECT string_agg(DISTINCT a.attname, ',') FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attnum IN (${numbers})`;

const selects: readonly string[] = [
  `SELECT ${row("'schema'", 'n.nspname', 'NULL', {
    owner: 'pg_get_userbyid(n.nspowner)',
    privileges: privileges('n.nspacl', "'n'", 'n.nspowner'),
  })} FROM pg_namespace n WHERE ${own('n.nspname')}`,

  `SELECT ${row(
    "CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END",
    table,
    'n.nspname',
    {
      number: 'c.oid',
      file: "CASE WHEN c.relkind IN ('r', 'S') THEN pg_relation_filenode(c.oid) END",
      persistence: 'c.relpersistence',
      'row security': 'c.relrowsecurity::text || c.relforcerowsecurity::text',
      owner: 'pg_get_userbyid(c.relowner)',
      privileges: privileges('c.relacl', `(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char"`, 'c.relowner'),
      'part of': `SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid`,
      definition: `CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) || coalesce(array_to_string(c.reloptions, ','), '')
        ELSE pg_get_expr(c.relpartbound, c.oid) END`,
      settings: `SELECT concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
        FROM pg_sequence s WHERE s.seqrelid = c.oid`,
      'owned by': `SELECT pn.nspname || '.' || p.relname || '.' || a.attname
        FROM pg_depend d JOIN pg_class p ON p.oid = d.refobjid JOIN pg_namespace pn ON pn.oid = p.relnamespace
          JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum = d.refobjsubid
        WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
          AND d.deptype IN ('a', 'i')`,
    },
  )} FROM ${relation} WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')`,

  `SELECT ${row("'column'", `${table} || '.' || a.attname`, table, {
    number: 'a.attnum',
    type: 'format_type(a.atttypid, a.atttypmod)',
    'not null': 'a.attnotnull',
    default: "CASE a.attgenerated WHEN '' THEN pg_get_expr(d.adbin, d.adrelid) END",
    generated:
      "CASE a.attgenerated WHEN '' THEN NULL ELSE a.attgenerated::text || ' ' || pg_get_expr(d.adbin, d.adrelid) END",
    identity: "nullif(a.attidentity, '')",
    collation: 'nullif(a.attcollation, 0)::regcollation',
    privileges: privileges('a.attacl', '', ''),
  })} FROM ${relation} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE ${tables}`,

  `SELECT ${row("'constraint'", `${table} || '.' || k.conname`, table, {
    type: 'k.contype',
    definition: "regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')",
    validated: 'k.convalidated',
    columns: names('SELECT unnest(k.conkey)'),
    references: 'nullif(k.confrelid, 0)::regclass',
  })} FROM ${relation} JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')`,

  `SELECT ${row("'index'", "n.nspname || '.' || x.relname", table, {
    definition: 'pg_get_indexdef(i.indexrelid)',
    unique: 'i.indisunique',
    valid: 'i.indisvalid',
    columns: names(
      `SELECT unnest(i.indkey::int2[]) UNION SELECT d.refobjsubid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
        AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid`,
    ),
    constraint: `SELECT k.conname FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')`,
  })} FROM ${relation} JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid`,

  `SELECT ${row("'trigger'", `${table} || '.' || t.tgname`, table, {
    definition: 'pg_get_triggerdef(t.oid)',
    enabled: 't.tgenabled',
  })} FROM ${relation} JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal`,

  `SELECT ${row("'rule'", `${table} || '.' || r.rulename`, table, {
    definition: 'pg_get_ruledef(r.oid)',
    enabled: 'r.ev_enabled',
  })} FROM ${relation} JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'`,

  `SELECT ${row("'policy'", `${table} || '.' || p.polname`, table, {
    permissive: 'p.polpermissive',
    definition: `concat_ws(' ', p.polcmd, (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r) END, ',') FROM unnest(p.polroles) r),
      'USING', pg_get_expr(p.polqual, p.polrelid), 'CHECK', pg_get_expr(p.polwithcheck, p.polrelid))`,
  })} FROM ${relation} JOIN pg_policy p ON p.polrelid = c.oid`,

  `SELECT ${row(
    "'function'",
    "n.nspname || '.' || f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')'",
    'n.nspname',
    {
      definition:
        "md5(CASE WHEN f.prokind = 'a' THEN (SELECT a::text FROM pg_aggregate a WHERE a.aggfnoid = f.oid) ELSE pg_get_functiondef(f.oid) END)",
      owner: 'pg_get_userbyid(f.proowner)',
      privileges: privileges('f.proacl', "'f'", 'f.proowner'),
    },
  )} FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace AND ${own('n.nspname')} AND ${noMember('pg_proc', 'f.oid')}`,

  `SELECT ${row("'type'", "n.nspname || '.' || t.typname", 'n.nspname', {
    number: 't.oid',
    labels: 'SELECT string_agg(l.enumlabel, chr(10) ORDER BY l.enumsortorder) FROM pg_enum l WHERE l.enumtypid = t.oid',
    definition: `CASE t.typtype
      WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod), 'DEFAULT', t.typdefault, 'NOT NULL', t.typnotnull,
        (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid))
      WHEN 'c' THEN (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
      WHEN 'r' THEN (SELECT r.rngsubtype::regtype::text FROM pg_range r WHERE r.rngtypid = t.oid) END`,
    owner: 'pg_get_userbyid(t.typowner)',
    privileges: privileges('t.typacl', "'T'", 't.typowner'),
  })} FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace AND ${own('n.nspname')} AND ${noMember('pg_type', 't.oid')}
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c'`,

  `SELECT ${row("'extension'", 'e.extname', 'NULL', { version: 'e.extversion' })} FROM pg_extension e`,

  `SELECT ${row(
    "'setting'",
    "coalesce(pg_get_userbyid(nullif(s.setrole, 0)), 'database') || '.' || split_part(v, '=', 1)",
    'NULL',
    {
      value: "substr(v, strpos(v, '=') + 1)",
    },
  )} FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) v
    WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))`,
];

/** A row of text for each object that is no system's: JSON of an `Entry`. Needs `search_path = pg_catalog`. */
export const catalogueQuery = selects.join('\nUNION ALL\n');

/** Locks of this transaction that keep others from writing or reading: JSON of a `HeldLock` a row. */
export const locksQuery = `SELECT json_build_object('table', n.nspname || '.' || c.relname, 'mode', l.mode)::text
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND c.relkind IN ('r', 'p', 'm')
  AND ${own('n.nspname')}
  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`;
