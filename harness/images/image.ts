/** Where the bits of an image came from; part of every report. */
export type ImageOrigin = 'engine' | 'registry' | 'built';

/** An image that the engine has. */
export interface ResolvedImage {
  /** The catalog's name, e.g. `postgres`. */
  readonly name: string;
  /** What to call it in `docker run` and in a pod, e.g. `meho.local/postgres:3f2a9c…` or `pgvector/pgvector:…`. */
  readonly reference: string;
  /** The engine's image id, `sha256:…`. */
  readonly id: string;
  readonly origin: ImageOrigin;
}
