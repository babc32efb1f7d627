import { readFileSync } from 'node:fs';
import type { KubernetesObject } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { CHART, type Rendered, render } from './testing/chart.ts';
import { conformityOf, schemaVersions } from './testing/kubeconform.ts';
import { restrictedRefusals, SERVERS } from './testing/restricted.ts';
import { SECOND_DEPLOYMENT, VARIANTS } from './testing/variants.ts';

const variants = await Promise.all(
  Object.entries({ ...VARIANTS, ...SECOND_DEPLOYMENT }).map(
    async ([name, { values, input }]) => [name, await render(values, input)] as const,
  ),
);

describe('every pod of every overlay and variant', () => {
  it.each(variants)('is admitted at `restricted` by every API server: %s', async (_name, { templates }) => {
    expect(templates.length).toBeGreaterThanOrEqual(2);
    expect(await restrictedRefusals(templates)).toEqual(templates.map(() => ({})));
  });

  it('is held to the level from the chart’s floor on', () => {
    const { kubeVersion } = parse(readFileSync(`${CHART}/Chart.yaml`, 'utf8'));
    expect(kubeVersion).toBe(`>=${SERVERS[0]}.0-0`);
  });
});

describe.each(schemaVersions)(
  'every object of every overlay and variant, to kubeconform with the API of %s',
  async (version) => {
    const said = await conformityOf(
      variants.map(([, { manifest }]) => manifest),
      version,
    );
    it.each(variants.map(([name, chart], index) => ({ name, chart, said: said[index] })))(
      'is valid, strictly, and none is skipped: $name',
      ({ chart, said }) => {
        expect(said).toEqual({ valid: chart.names, against: [] });
      },
    );
  },
);

describe('the chart’s floor and the newest API are asked', () => {
  it('in this order', () => {
    const minors = schemaVersions.map((version) => version.replace(/\.0$/, ''));
    expect(minors).toEqual([SERVERS[0], SERVERS.at(-1)]);
  });
});

describe('kubeconform refuses', async () => {
  const chart = (name: string): Rendered => {
    const found = variants.find(([each]) => each === name)?.[1];
    if (found === undefined) {
      throw new Error(`no variant is called ${name}`);
    }
    return found;
  };
  const plain = chart('the documented overrides');
  const secret = chart('External Secrets');
  const changed = (from: Rendered, kind: string, name: string, path: string, value: unknown): string =>
    stringify(withAt(from.get(kind, name), path, value));
  const [oldest, newest] = schemaVersions;

  const faults: readonly (readonly [string, string, string])[] = [
    [
      'an unknown field',
      changed(plain, 'Deployment', 'meho', 'spec.template.spec.containers.0.readinesProbe', {}),
      "at '/spec/template/spec/containers/0': additional properties 'readinesProbe' not allowed",
    ],
    [
      'an unknown field of an object',
      changed(plain, 'Service', 'meho', 'spec.selectors', {}),
      "at '/spec': additional properties 'selectors' not allowed",
    ],
    [
      'another type',
      changed(plain, 'Deployment', 'meho', 'spec.replicas', '2'),
      "at '/spec/replicas': got string, want null or integer",
    ],
    [
      'a number where text is',
      changed(plain, 'ConfigMap', 'meho', 'data.VAULT_TIMEOUT_SECONDS', 10),
      "at '/data/VAULT_TIMEOUT_SECONDS': got number, want null or string",
    ],
    [
      'a field that is required and missing',
      changed(plain, 'Job', 'meho-migrate', 'spec.template.spec.containers', null),
      "at '/spec/template/spec/containers': got null, want array",
    ],
    [
      'an API version that is gone',
      changed(plain, 'Ingress', 'meho', 'apiVersion', 'networking.k8s.io/v1beta1'),
      'could not find schema for Ingress',
    ],
    [
      'an unknown field of an ExternalSecret',
      changed(secret, 'ExternalSecret', 'meho-migrate', 'spec.secretStore', {}),
      "at '/spec': additional properties 'secretStore' not allowed",
    ],
    [
      'another type in an ExternalSecret',
      changed(secret, 'ExternalSecret', 'meho-migrate', 'spec.target.name', 1),
      "at '/spec/target/name': got number, want string",
    ],
    [
      'a word that an ExternalSecret doesn’t know',
      changed(secret, 'ExternalSecret', 'meho-migrate', 'spec.target.creationPolicy', 'owner'),
      "at '/spec/target/creationPolicy': value must be one of",
    ],
    [
      'an API version that the operator doesn’t serve',
      changed(secret, 'ExternalSecret', 'meho-migrate', 'apiVersion', 'external-secrets.io/v2'),
      'could not find schema for ExternalSecret',
    ],
    [
      'a kind that nobody knows',
      changed(plain, 'Service', 'meho', 'kind', 'Servise'),
      'could not find schema for Servise',
    ],
    ['a field twice', `${stringify(plain.get('Service', 'meho'))}kind: Service\n`, 'already set in map'],
  ];
  const answers = await Promise.all(
    schemaVersions.map((version) =>
      conformityOf(
        faults.map(([, manifest]) => manifest),
        version,
      ),
    ),
  );
  it.each(faults.map(([what, , words], index) => ({ what, words, said: answers.map((answer) => answer[index]) })))(
    '$what, in both versions',
    ({ words, said }) => {
      const refused = { valid: [], against: [expect.stringContaining(words)] };
      expect(said).toEqual(schemaVersions.map(() => refused));
    },
  );

  it.each([
    [
      'a field that came later',
      changed(plain, 'Service', 'meho', 'spec.trafficDistribution', 'PreferClose'),
      newest,
      oldest,
    ],
    [
      'an API version that came later',
      stringify({
        apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
        kind: 'FlowSchema',
        metadata: { name: 'a' },
        spec: { priorityLevelConfiguration: { name: 'a' } },
      }),
      newest,
      oldest,
    ],
    [
      'an API version that went',
      stringify({
        apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
        kind: 'FlowSchema',
        metadata: { name: 'a' },
        spec: { priorityLevelConfiguration: { name: 'a' } },
      }),
      oldest,
      newest,
    ],
  ])('%s by one version alone', async (_what, manifest, taken, refused) => {
    const [[good], [bad]] = await Promise.all([conformityOf([manifest], taken), conformityOf([manifest], refused)]);
    expect(good?.against).toEqual([]);
    expect(bad?.valid).toEqual([]);
    expect(bad?.against).toHaveLength(1);
  });
});

function withAt(object: KubernetesObject, path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(object);
  const keys = path.split('.');
  const parent = keys.slice(0, -1).reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), copy);
  Reflect.set(Object(parent), keys.at(-1) ?? '', value);
  return copy;
}
