import type { Authority } from '@meho/core/testing/authority';
import type { Law } from './law.ts';

/** One build of the published command, and the sources that it was made of. */
export interface GrowthBuild {
  readonly commit: string;
  readonly program: string;
  /** Root of the repository at that commit. */
  readonly tree: string;
}

export interface GrowthCall {
  /** What Node runs. */
  arguments(build: GrowthBuild): readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exitCode: 0 | 1;
  /** What a right verdict says, on standard output or standard error. */
  readonly says: RegExp;
  /** Before each time that it is taken. */
  readonly before?: () => void;
}

export interface GrowthPlace {
  /** Private, with the authority's certificate as `ca.pem`. */
  readonly folder: string;
  readonly cacheFolder: string;
  readonly authority: Authority;
  readonly signal: AbortSignal;
  /** Ends with the axis. */
  use<T extends AsyncDisposable>(thing: T): T;
}

/** Something that grows, a verdict that reads it, and the law that the verdict is held to. */
export interface Axis {
  readonly name: string;
  /** E.g. `install-verify by namespaces`. */
  readonly title: string;
  /** What a size counts. */
  readonly unit: string;
  /** Smallest first; the first two are the sample. */
  readonly sizes: readonly number[];
  readonly law: Law;
  /** Begins what answers, once, and gives what makes it as large as asked, smallest first. */
  prepare(place: GrowthPlace): Promise<(size: number) => Promise<GrowthCall>>;
}
