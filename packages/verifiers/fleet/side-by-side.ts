/** Runs jobs of several clusters at once, so that none takes what the others need. */
export class SideBySide {
  readonly #limit: number;
  readonly #queues = new Map<string, Queue>();
  #running = 0;

  /** @param limit of all jobs that run at once */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when these jobs are over; rejects with the first that fails, after which none of them starts. */
  run(cluster: string, jobs: readonly (() => Promise<void>)[]): Promise<void> {
    if (jobs.length === 0) {
      return Promise.resolve();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const queue: Queue = this.#queues.get(cluster) ?? { waiting: [], running: 0 };
    this.#queues.set(cluster, queue);
    let left = jobs.length;
    const fail = (error: unknown) => {
      queue.waiting.length = 0;
      reject(error);
    };
    queue.waiting.push(
      ...jobs.map((job) => async () => {
        try {
          await job();
          left -= 1;
          if (left === 0) {
            resolve();
          }
        } catch (error) {
          fail(error);
        }
      }),
    );
    this.#next();
    return promise;
  }

  /** A cluster whose jobs hang keeps its share of the places busy, and no more. */
  #next(): void {
    while (this.#running < this.#limit) {
      const busy = [...this.#queues.values()].filter(({ waiting, running }) => waiting.length + running > 0);
      const share = Math.ceil(this.#limit / Math.max(1, busy.length));
      const [queue] = busy
        .filter(({ waiting, running }) => waiting.length > 0 && running < share)
        .toSorted((a, b) => a.running - b.running);
      const job = queue?.waiting.shift();
      if (queue === undefined || job === undefined) {
        return;
      }
      this.#running += 1;
      queue.running += 1;
      void job().finally(() => {
        this.#running -= 1;
        queue.running -= 1;
        this.#next();
      });
    }
  }
}

interface Queue {
  readonly waiting: (() => Promise<void>)[];
  running: number;
}
