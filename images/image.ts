export type ImageOrigin = 'engine' | 'registry' | 'built';

export interface ResolvedImage {
  readonly name: string;
  /** E.g. `meho.local/postgres:3f2a9c…` or `pgvector/pgvector:…`. */
  readonly reference: string;
  readonly id: string;
  readonly origin: ImageOrigin;
}
