import { readVerifierEnvironment } from '@meho/core/config';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { runLogin } from '../login/login.ts';
import { secretsOf } from '../report/redact.ts';

export interface LoginRun {
  readonly outIsTerminal?: boolean;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly onInvitation?: (link: string, line: string) => Promise<void> | void;
}

/** The user reads its output. */
export async function loginWith(args: readonly string[], { onInvitation, ...run }: LoginRun = {}) {
  let [out, err] = ['', ''];
  const people: (Promise<void> | void)[] = [];
  const started = performance.now();
  const exitCode = await runLogin(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
      const link = /^open (https:\/\/\S+)/.exec(text)?.[1];
      if (link !== undefined) {
        people.push(onInvitation?.(link, text));
      }
    },
    outIsTerminal: run.outIsTerminal ?? false,
    secrets: new KnownSecrets(secretsOf(readVerifierEnvironment())),
    cwd: run.cwd ?? process.cwd(),
    signal: run.signal ?? new AbortController().signal,
  });
  await Promise.all(people);
  return { exitCode, out, err, lines: err.split('\n').slice(0, -1), tookMs: performance.now() - started };
}
