import { expect, test } from 'vitest';
import { processTable } from './process-table.ts';

test.skipIf(process.platform !== 'linux')('ps shows what /proc shows, where there is none', async () => {
  const mine = (table: Awaited<ReturnType<typeof processTable>>) => table.find(({ pid }) => pid === process.pid);
  const [fromProc, fromPs] = [mine(await processTable()), mine(await processTable('/there/is/none'))];
  expect(fromPs).toMatchObject({ parent: process.ppid, group: fromProc?.group });
  expect(fromPs?.started).toMatch(/^\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}$/);
  expect(mine(await processTable('/there/is/none'))?.started).toBe(fromPs?.started);
});
