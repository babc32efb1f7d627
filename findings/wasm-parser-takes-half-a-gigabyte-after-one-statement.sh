#!/usr/bin/env bash
# Software: libpg-query 18.1.5 (npm), the parser of Postgres as WebAssembly, 1.7 MB; Node 24.21.0 (npm, package node).
#
# Behaviour: a program parses one short SELECT and then only waits. Its memory grows on: the grammar is one big function, one statement is enough to
# call it hot, and making optimised code of it in the background takes ten times what the program itself does. `SELECT 1` alone doesn't do it, one with
# FROM and WHERE does. A linter of one file is over before it could gain anything; 7,500 statements were parsed faster without it, too.
#
# Guess: one statement costs some megabytes, and what a program that waits needs stays as it is.
#
# Seen: peak after one statement and 8 s of waiting: 599 MiB; with --no-wasm-tier-up --no-wasm-dynamic-tiering: 60 MiB (both vary by some MiB).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" libpg-query@18.1.5 node@24.21.0 >/dev/null
cat >"$folder/peak.mjs" <<'JS'
import { loadModule, parseSync } from 'libpg-query';
await loadModule();
parseSync("SELECT 1 FROM pg_type WHERE typname = 'mood'");
await new Promise((done) => setTimeout(done, 8000));
console.log(Math.round(process.resourceUsage().maxRSS / 1024));
JS
peak() { (cd "$folder" && node_modules/node/bin/node "$@" peak.mjs); }
usual=$(peak)
plain=$(peak --no-wasm-tier-up --no-wasm-dynamic-tiering)
echo "peak after one statement: $usual MiB; unoptimised: $plain MiB"
if [ "$usual" -lt $((plain * 3)) ]; then
  echo 'changed: one statement was to cost several times the memory of the whole program' >&2
  exit 1
fi
