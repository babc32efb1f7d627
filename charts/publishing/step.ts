import { text } from 'node:stream/consumers';

/** Exit code 2: it was called wrongly, and nothing was done. */
export class Misuse extends Error {}

/** Of one program; a job has ten minutes. */
export const programDeadlineMs = 2 * 60_000;

export function given(name: string, value: string | undefined, shape: RegExp): string {
  if (value === undefined || !shape.test(value)) {
    throw new Misuse(`${name}: expected ${shape.source}, got ${JSON.stringify(value ?? '')}`);
  }
  return value;
}

export const shapes = {
  host: /^[a-z0-9.-]+(?::\d+)?$/,
  digest: /^sha256:[0-9a-f]{64}$/,
  version: /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/,
  registry: /^oci:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/,
  pinned: /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$/,
  user: /^\S+$/,
} as const;

/** `localhost:5000` of `oci://localhost:5000/team` and `localhost:5000/team/chart@sha256:…`. */
export function hostOf(reference: string): string {
  return reference.replace(/^oci:\/\//, '').split('/')[0] ?? '';
}

export async function passwordFromStdin(): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password === '') {
    throw new Misuse('expected a password on standard input, got none');
  }
  return password;
}

/** Ends with 0, 1 where it was refused, 2 where it was called wrongly; one line says why. */
export async function runStep(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    const isMisuse = error instanceof Misuse || (error instanceof TypeError && 'code' in error);
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = isMisuse ? 2 : 1;
  }
}
