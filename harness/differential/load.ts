import type { ImageN } from './image-n.ts';

export interface LoadReport {
  readonly requests: number;
  readonly failed: number;
  readonly longestMs: number;
}

export function startLoad(image: ImageN): { stop(): Promise<LoadReport> } {
  let running = true;
  const report = { requests: 0, failed: 0, longestMs: 0 };
  const work = (async () => {
    while (running) {
      const { status, durationMs } = await image.request('operator');
      report.requests += 1;
      report.failed += status === 200 ? 0 : 1;
      report.longestMs = Math.max(report.longestMs, durationMs);
    }
  })();
  return {
    stop: async () => {
      running = false;
      await work;
      return report;
    },
  };
}

export const noLoad: ReturnType<typeof startLoad> = { stop: async () => ({ requests: 0, failed: 0, longestMs: 0 }) };
