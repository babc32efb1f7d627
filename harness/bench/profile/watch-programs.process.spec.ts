import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type MachineProfile, programsFile, watchPrograms } from './watch-programs.ts';

// Reads /proc.
test.skipIf(process.platform !== 'linux')(
  'what a program takes is told by its name',
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'programs-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const program = `busy-${Math.random().toString(36).slice(2, 8)}`;
    await copyFile('/bin/sh', path.join(folder, program));
    {
      await using _watching = await watchPrograms(folder);
      const loop = 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; echo done; read never';
      const child = spawn(path.join(folder, program), ['-c', loop], { stdio: ['pipe', 'pipe', 'inherit'] });
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      await once(child.stdout, 'data');
    }
    const profile: MachineProfile = JSON.parse(await readFile(path.join(folder, programsFile), 'utf8'));
    const own = profile.programs.find((each) => each.program === program);
    expect(own?.cpuMs).toBeGreaterThanOrEqual(100);
    expect(profile.machineMs).toBeGreaterThanOrEqual(own?.cpuMs ?? Number.NaN);
  },
);
