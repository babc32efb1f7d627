import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ReleaseDocument, Revision } from '../record.ts';
import { revisionOf } from '../record.ts';

/** Stored unpacked, because fifty of them share a chart. */
export interface CapturedRecord {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly creationTimestamp: string;
  };
  readonly document: ReleaseDocument;
}

export interface Captured {
  /** E.g. `v4.3.1`, or `v3.22.0 and v4.3.2`. */
  readonly helm: string;
  readonly scenarios: Readonly<Record<string, readonly CapturedRecord[]>>;
}

const folder = path.join(import.meta.dirname, 'captured');

/** @param by one helm, or two major versions */
export function readCaptured(by: 'one' | 'two' = 'one'): readonly Captured[] {
  return readdirSync(folder)
    .filter((file) => file.includes('-and-') === (by === 'two'))
    .map((file) => JSON.parse(gunzipSync(readFileSync(path.join(folder, file))).toString()));
}

export function writeCaptured(captured: Captured): void {
  const name = captured.helm.replaceAll(' ', '-').replaceAll(/\bv(?=\d)/g, '');
  const file = path.join(folder, `helm-${name}.json.gz`);
  writeFileSync(file, gzipSync(JSON.stringify(captured, null, 1), { level: 9 }));
}

/** Oldest first. */
export function revisionsOf(records: readonly CapturedRecord[]): readonly Revision[] {
  return records
    .map(({ metadata, document }) => {
      const release = Buffer.from(JSON.stringify(document)).toString('base64');
      return revisionOf({ kind: 'ConfigMap', metadata, data: { release } });
    })
    .toSorted((a, b) => a.revision - b.revision);
}
