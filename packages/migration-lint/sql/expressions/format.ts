import type { Folded } from './fold.ts';

/** Like Postgres: quotes what would otherwise read back differently. */
export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** Like Postgres: %s, %I, %L, %%, positions (`%2$I`). Ignores widths. */
export function format(pattern: Folded, args: readonly Folded[]): Folded {
  let next = 0;
  let exact = pattern.exact;
  const text = pattern.text.replaceAll(
    /%(?:(\d+)\$)?-?\d*([sIL%])/g,
    (_, position: string | undefined, kind: string) => {
      if (kind === '%') {
        return '%';
      }
      next = position === undefined ? next + 1 : Number(position);
      const arg = args[next - 1];
      if (arg?.exact !== true) {
        exact = false;
        return arg?.text ?? 'meho_unknown';
      }
      return kind === 'I' ? quoteIdentifier(arg.text) : kind === 'L' ? quoteLiteral(arg.text) : arg.text;
    },
  );
  return { text, exact };
}

const reserved: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate
  collation column concurrently constraint create cross current_catalog current_date current_role current_schema
  current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for
  foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading
  left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing
  primary references returning right select session_user similar some symmetric system_user table tablesample then to
  trailing true union unique user using variadic verbose when where window with`.split(/\s+/),
);
