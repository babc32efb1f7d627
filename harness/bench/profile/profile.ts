import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '@meho/core/problem';
import { seconds } from '@meho/core/report/timeline';
import { table } from '../table.ts';
import { type MachineProfile, programsFile } from './watch-programs.ts';

/** What `npm test` leaves in its folder. */
const reports = ['unit', 'processes', 'chart', 'integration', 'suites', path.join('faults', 'faults')] as const;
const filesShown = 30;
const storiesShown = 40;

/** The test runner's JSON report. */
interface RunnerReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly fullName: string; readonly duration?: number | null }[];
  }[];
}

interface Timed {
  readonly phase: string;
  readonly name: string;
  readonly ms: number;
}

/** Where the time of the last `npm test` went: by phase, file, story, and program. */
export async function profileOf(folder: string): Promise<string> {
  const found = await Promise.all(reports.map((name) => reportOf(folder, name)));
  const all = found.flatMap((report, index) =>
    report === undefined ? [] : [{ phase: path.basename(reports[index] ?? ''), report }],
  );
  if (all.length === 0) {
    throw new Problem({
      expected: `reports of the test runner in ${folder}`,
      observed: `none of ${reports.map((name) => `${name}.json`).join(', ')} is there`,
      next: 'run `npm test` first, or name its folder with --artefacts',
    });
  }
  const phases = all.map(({ phase, report: { testResults } }) => ({
    phase,
    name: `${testResults.length} files`,
    ms: Math.max(...testResults.map(({ endTime }) => endTime)) - Math.min(...testResults.map((file) => file.startTime)),
  }));
  const files = all.flatMap(({ phase, report }) =>
    report.testResults.map(({ name, startTime, endTime }) => ({
      phase,
      name: shortened(name),
      ms: endTime - startTime,
    })),
  );
  const stories = all.flatMap(({ phase, report }) =>
    report.testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ fullName, duration }) => ({ phase, name: fullName, ms: duration ?? 0 })),
    ),
  );
  const parts = [
    timed('phase', phases),
    timed('file, set-up included', longest(files, filesShown)),
    timed('story; several run at once', longest(stories, storiesShown)),
    await programs(folder),
  ];
  return parts.join('\n\n');
}

async function reportOf(folder: string, name: string): Promise<RunnerReport | undefined> {
  const text = await readFile(path.join(folder, `${name}.json`), 'utf8').catch(() => undefined);
  const report: RunnerReport | undefined = text === undefined || text === '' ? undefined : JSON.parse(text);
  return report === undefined || report.testResults.length === 0 ? undefined : report;
}

const shortened = (file: string) =>
  /(?:^|\/)((?:packages|images|apps|harness|charts|suites)\/.*)$/.exec(file)?.[1] ?? file;

const longest = (rows: readonly Timed[], shown: number) => rows.toSorted((a, b) => b.ms - a.ms).slice(0, shown);

function timed(what: string, rows: readonly Timed[]): string {
  return table(
    ['', 'took', what],
    rows.map(({ phase, name, ms }) => [phase, seconds(ms), name]),
  );
}

async function programs(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, programsFile), 'utf8').catch(() => undefined);
  if (text === undefined) {
    return `No CPU time by program: ${programsFile} is not there, which \`npm test\` writes on Linux.`;
  }
  const { wallMs, cores, machineMs, programs: seen }: MachineProfile = JSON.parse(text);
  const between = machineMs - seen.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const share = (ms: number) => `${Math.round((100 * ms) / Math.max(1, machineMs))} %`;
  const used = Math.round((100 * machineMs) / Math.max(1, wallMs * cores));
  const rows = [...seen, { program: 'what ended between two looks', cpuMs: Math.max(0, between) }];
  return [
    table(
      ['CPU', 'share', 'program'],
      rows.map(({ program, cpuMs }) => [seconds(cpuMs), share(cpuMs), program]),
    ),
    `CPU in all: ${seconds(machineMs)} of ${cores} cores in ${seconds(wallMs)}, ${used} %; of the whole machine, whoever used it`,
  ].join('\n');
}
