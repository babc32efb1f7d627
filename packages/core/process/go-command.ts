import semver from 'semver';
import { Problem } from '../problem.ts';
import { CommandError, lastLines, run } from './run.ts';

export interface GoOptions {
  /** E.g. `to build what no registry has`. */
  readonly purpose: string;
  /** Of go.mod, which picks the release with GOTOOLCHAIN=auto. */
  readonly folder: string;
  /** E.g. `1.26`. */
  readonly atLeast: string;
  readonly signal: AbortSignal;
  /** PATH, and the installer's folder, which PATH may lack. */
  readonly places?: readonly string[];
}

const defaultPlaces = ['go', '/usr/local/go/bin/go'];

/** An older go may fetch another release. */
const answerTimeoutMs = 5 * 60_000;

/** @throws Problem with what was found */
export async function goCommand({
  purpose,
  folder,
  atLeast,
  signal,
  places = defaultPlaces,
}: GoOptions): Promise<string> {
  const seen: string[] = [];
  for (const place of places) {
    const found = await versionAt(place, folder, signal);
    if (found.version !== undefined && semver.gte(found.version, semver.coerce(atLeast) ?? atLeast)) {
      return place;
    }
    seen.push(`${place} ${found.said}`);
  }
  throw new Problem({
    expected: `Go ${atLeast} or newer ${purpose}`,
    observed: seen.join('; '),
    next: 'install it (https://go.dev/dl); where a container registry is reachable, most is taken from there',
  });
}

async function versionAt(
  place: string,
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly version?: string; readonly said: string }> {
  try {
    const { stdout } = await run(place, ['version'], { cwd: folder, timeoutMs: answerTimeoutMs, signal });
    const version = semver.coerce(/\bgo(\d+\.\d+(?:\.\d+)?)/.exec(stdout)?.[1])?.version;
    return { ...(version === undefined ? {} : { version }), said: `says ${JSON.stringify(stdout.trim())}` };
  } catch (error) {
    signal.throwIfAborted();
    const isThere = error instanceof CommandError && error.exitCode !== undefined;
    return { said: isThere ? `fails: ${lastLines(error.stderr, 1)}` : 'is not there' };
  }
}
