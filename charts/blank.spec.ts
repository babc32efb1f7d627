import { readFileSync } from 'node:fs';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { isTable } from '@meho/helm/value-path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CHART, refusedPaths, render } from './testing/chart.ts';
import { pointersOf } from './testing/schema.ts';
import { MINIMAL_VALUES, REQUIRED_PATHS, type Values, withValue } from './testing/values.ts';
import { violationsByChange } from './testing/violations-by-change.ts';

/** What no default can stand for: the twelve and the sections that hold them, and where the image is. */
const NEEDED = [...new Set(REQUIRED_PATHS.flatMap((path) => [path, path.slice(0, path.lastIndexOf('/'))]))];
const NEEDED_TOO = ['/image/repository', '/ingress/tls', '/keycloak', '/vault', '/postgres'];

/** Blank, the image's own default holds: nothing is rendered. */
const LEFT_TO_THE_IMAGE = /^\/config\/(keycloakJwks|keycloakJwt|vault[OT]|database|forwarded)/;

/** Blank, nothing is asked: of an autoscaler's number, of one resource, of one field of a security context. */
const MEANS_NOTHING = /^\/replicaCount$|^(\/broadcast)?\/(resources|podSecurityContext|securityContext)\//;

const shipped = (file: string): Values => {
  const values: unknown = parse(readFileSync(`${CHART}/${file}`, 'utf8'));
  return isTable(values) ? values : {};
};
const keys = [
  ...pointersOf(shipped('values.yaml')),
  ...pointersOf(shipped('charts/broadcast/values.yaml')).map((pointer) => `/broadcast${pointer}`),
].filter((pointer) => ![...NEEDED, ...NEEDED_TOO].includes(pointer) && !MEANS_NOTHING.test(pointer));
const depthOf = (pointer: string) => pointer.split('/').length - 1;
const blanked = (pointers: readonly string[]) =>
  pointers.reduce<Values>((all, pointer) => withValue(all, pointer, null), MINIMAL_VALUES);

describe('what a values file leaves blank, all below it commented out,', () => {
  const shaping = keys.filter((pointer) => !LEFT_TO_THE_IMAGE.test(pointer));

  // A blank section hides what is in it: each depth is looked at by itself.
  it.each([1, 2, 3, 4])('is what the chart ships: every key of depth %i', async (depth) => {
    const level = shaping.filter((pointer) => depthOf(pointer) === depth);
    expect(level.length).toBeGreaterThan(0);
    expect((await render(blanked(level))).manifest).toBe((await render()).manifest);
  });

  it('is the image’s own default for its settings', async () => {
    const left = keys.filter((pointer) => LEFT_TO_THE_IMAGE.test(pointer));
    const chart = await render(blanked(left));
    expect(Object.keys(chart.get<V1ConfigMap>('ConfigMap', 'meho').data ?? {}).toSorted()).toEqual([
      ...['AUDIT_POSTGRES_ONLY', 'BACKPLANE_URL', 'KEYCLOAK_AUDIENCE', 'KEYCLOAK_ISSUER_URL'],
      ...['MCP_RESOURCE_URI', 'VAULT_ADDR'],
    ]);
  });
});

describe('a required value', async () => {
  const blank = REQUIRED_PATHS.map((pointer) => ({ pointer, value: null }));
  it.each(await violationsByChange(blank))('is named when a values file leaves it blank: $pointer', (found) => {
    expect(found.violations).not.toEqual([]);
  });

  it.each(NEEDED.filter((path) => depthOf(path) === 1))('is missed when its section is blank: %s', async (pointer) => {
    expect(await refusedPaths(withValue(MINIMAL_VALUES, pointer, null))).not.toEqual([]);
  });
});
