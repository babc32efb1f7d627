import { describe, expect, it } from 'vitest';
import { customObjects } from './custom-objects.ts';
import { jobNames } from './migration-hooks.ts';
import type { Revision } from './record.ts';
import { objectsIn } from './render.ts';

/** Rendered by a loop, as Helm and kubectl take it. */
const manifest = `---
apiVersion: v1
kind: List
items:
  - { apiVersion: batch/v1, kind: Job, metadata: { name: migrate, labels: { part: migrate } } }
  - { apiVersion: example.com/v1, kind: Route, metadata: { name: front } }
---
{ apiVersion: v1, kind: Service, metadata: { name: api } }
`;

describe('objects in a list', () => {
  it('are rendered objects', () => {
    expect(objectsIn(manifest, 'chart').map(({ kind }) => kind)).toEqual(['Job', 'Route', 'Service']);
  });

  it('are found where a Job is looked for', () => {
    expect(jobNames(manifest, 'part=migrate')).toEqual(['migrate']);
  });

  it('are among the custom objects', () => {
    expect(customObjects({ manifest } as Revision)).toEqual([
      { apiVersion: 'example.com/v1', kind: 'Route', name: 'front' },
    ]);
  });
});
