/**
 * Preloaded by `--import`, tells at the end how much memory the process held at most. Not by `maxRSS`: on Linux that of
 * a child begins at what its parent held when it was started.
 */
export const tellPeakScript = `import { readFileSync } from 'node:fs';
process.on('exit', () => {
  const [, kB] = /^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  process.stderr.write('peak ' + kB + ' kB\\n');
});
`;

/** NaN if it was not told. */
export function peakBytesIn(stderr: string): number {
  return Number(/^peak (\d+) kB$/m.exec(stderr)?.[1]) * 1024;
}
