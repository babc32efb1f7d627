import { readVerifierEnvironment } from '../../config.ts';
import { KnownSecrets } from '../../diagnostics/known-secrets.ts';
import { runLogin } from '../login.ts';
import { secretsOf } from '../redact.ts';

export interface LoginRun {
  readonly outIsTerminal?: boolean;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  /** What the person does with the line that asks for it; nothing where absent. */
  readonly onInvitation?: (link: string, line: string) => Promise<void> | void;
}

/** The command in this process, with a person who reads what it says. */
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
