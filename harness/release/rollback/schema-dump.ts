import type { Database } from '../../services/database.ts';

/** Everything that a migration can change, one line each in a stable order. */
export async function schemaDump(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ line: string }>(`
    WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname = 'public')
    SELECT format('relation %s %s owner %s persistence %s', relkind, relname, relowner::regrole, relpersistence) AS line
      FROM pg_class WHERE relnamespace IN (TABLE ours)
    UNION ALL
    SELECT format('column %s.%s %s %s%s default %s', attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod),
                  CASE WHEN attnotnull THEN ' not null' ELSE '' END, coalesce(pg_get_expr(adbin, adrelid), 'none'))
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relnamespace IN (TABLE ours)
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm')
    UNION ALL
    SELECT format('constraint %s on %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
      FROM pg_constraint WHERE connamespace IN (TABLE ours)
    UNION ALL
    SELECT format('index %s valid %s', pg_get_indexdef(indexrelid), indisvalid)
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid AND relnamespace IN (TABLE ours)
    UNION ALL
    SELECT format('trigger %s', pg_get_triggerdef(pg_trigger.oid))
      FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid AND relnamespace IN (TABLE ours) WHERE NOT tgisinternal
    UNION ALL
    SELECT format('function %s', oid::regprocedure) FROM pg_proc
      WHERE pronamespace IN (TABLE ours) AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    UNION ALL
    SELECT format('enum %s %s', enumtypid::regtype, enumlabel) FROM pg_enum
    UNION ALL
    SELECT format('revision %s', version_num) FROM alembic_version
    ORDER BY line`);
  return rows.map(({ line }) => line);
}
