#!/usr/bin/env bash
# Software: Node 24.21.0 (npm, package node) on Linux.
#
# Behaviour: process.resourceUsage().maxRSS of a program that does nothing is what the program that started it held: the kernel keeps the peak of a
# process over exec, and before exec the child was its parent's copy. VmHWM in /proc/self/status begins anew. A test runner that has grown judges
# small programs by its own size, more so the longer it runs; alone, the same test is green.
#
# Guess: maxRSS is the peak of the program that asks.
#
# Seen: the parent holds 300 MiB: maxRSS 305 MiB, VmHWM 46 MiB; it holds 1 MiB: maxRSS 46 MiB, VmHWM 46 MiB (all vary by some MiB).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" node@24.21.0 >/dev/null
cat >"$folder/child.mjs" <<'JS'
import { readFileSync } from 'node:fs';
const [, own] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
console.log(Math.round(process.resourceUsage().maxRSS / 1024), Math.round(own / 1024));
JS
cat >"$folder/parent.mjs" <<'JS'
import { spawnSync } from 'node:child_process';
const held = Buffer.alloc(Number(process.argv[2]) * 1024 * 1024, 1);
process.stdout.write(spawnSync(process.execPath, ['child.mjs']).stdout);
if (held.at(-1) === 2) throw new Error();
JS
told() { (cd "$folder" && node_modules/node/bin/node parent.mjs "$1"); }
read -r large_max large_own < <(told 300)
read -r small_max small_own < <(told 1)
echo "parent holds 300 MiB: maxRSS $large_max MiB, VmHWM $large_own MiB; 1 MiB: maxRSS $small_max MiB, VmHWM $small_own MiB"
if [ "$large_max" -lt 300 ] || [ "$large_own" -gt 150 ] || [ "$small_max" -gt 150 ]; then
  echo 'changed: maxRSS was to count what the parent held, and VmHWM not' >&2
  exit 1
fi
