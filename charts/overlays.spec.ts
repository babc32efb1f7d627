import { readdirSync } from 'node:fs';
import type { V1ConfigMap, V1Ingress, V1NetworkPolicy } from '@kubernetes/client-node';
import { controllerName, controllerNamespace } from '@meho/harness/clusters/ingress/skipper';
import { describe, expect, it } from 'vitest';
import { OVERLAYS, refusedPaths, render } from './testing/chart.ts';
import { pointersOf } from './testing/schema.ts';
import { DOCUMENTED_OVERRIDES, type Values, valueAt, withValue } from './testing/values.ts';
import { OVERLAY_VARIANTS, overlay, REPLACEMENTS } from './testing/variants.ts';

describe('the overlays', () => {
  it('are these', () => {
    const files = readdirSync(OVERLAYS).filter((file) => file.endsWith('.yaml'));
    expect(files.toSorted()).toEqual(['k3s.yaml', 'rdc-example.yaml', 'rke2.yaml']);
    const tried = Object.keys(OVERLAY_VARIANTS).map((name) => name.replace('overlay ', ''));
    expect(files.map((file) => file.replace('.yaml', '')).toSorted()).toEqual(tried.toSorted());
  });
});

describe('rdc-example', () => {
  const values = overlay('rdc-example');
  const placeholders = pointersOf(values).filter((pointer) => String(valueAt(values, pointer)).includes('<REPLACE:'));

  it('leaves to the operator what differs from lab to lab', () => {
    expect(placeholders.toSorted()).toEqual([
      '/config/keycloakIssuerUrl',
      '/image/tag',
      '/keycloak/issuer',
      '/networkPolicy/keycloakCIDR',
      '/networkPolicy/postgresCIDR',
      '/networkPolicy/vaultCIDR',
    ]);
  });

  it('is refused as it is, naming every placeholder', async () => {
    expect(await refusedPaths(values)).toEqual(placeholders.toSorted());
  });

  const replacedBut = (left: string) =>
    placeholders.reduce<Values>(
      (all, pointer) => (pointer === left ? all : withValue(all, pointer, REPLACEMENTS[pointer])),
      values,
    );

  it.each(placeholders)('is refused with one left in: %s', async (pointer) => {
    expect(await refusedPaths(replacedBut(pointer))).toEqual([pointer]);
  });

  it('renders once all are replaced', async () => {
    const chart = await render(replacedBut(''));
    expect(chart.get<V1Ingress>('Ingress', 'meho').spec).toMatchObject({ ingressClassName: 'nginx' });
    expect(JSON.stringify(chart.objects)).not.toContain('REPLACE');
  });
});

describe('k3s', () => {
  const input = { valuesFiles: [`${OVERLAYS}/k3s.yaml`] };

  it('lacks only what the harness alone knows', async () => {
    expect(await refusedPaths({}, input)).toEqual([
      '/config/keycloakIssuerUrl',
      '/config/vaultAddr',
      '/image/tag',
      '/keycloak/issuer',
      '/networkPolicy/keycloakCIDR',
      '/networkPolicy/postgresCIDR',
      '/networkPolicy/vaultCIDR',
      '/vault/address',
    ]);
  });

  it('renders with that, names the controller that the suite starts, and leaves out no readiness probe', async () => {
    const chart = await render({}, { ...input, set: DOCUMENTED_OVERRIDES });
    expect(chart.get<V1Ingress>('Ingress', 'meho').spec?.ingressClassName).toBe(controllerName);
    expect(chart.get<V1ConfigMap>('ConfigMap', 'meho').data).not.toHaveProperty('READINESS_PROBES');
    expect(JSON.stringify(chart.get<V1NetworkPolicy>('NetworkPolicy', 'meho'))).toContain(`"${controllerNamespace}"`);
  });
});

describe('rke2', () => {
  it('renders under the documented overrides', async () => {
    const chart = await render({}, { valuesFiles: [`${OVERLAYS}/rke2.yaml`], set: DOCUMENTED_OVERRIDES });
    // The cluster's default: Traefik or ingress-nginx.
    expect(chart.get<V1Ingress>('Ingress', 'meho').spec).not.toHaveProperty('ingressClassName');
    expect(JSON.stringify(chart.get<V1NetworkPolicy>('NetworkPolicy', 'meho'))).toContain('"kube-system"');
  });
});
