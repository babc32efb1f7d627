import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import { TerminalProgress } from '@meho/core/report/terminal';
import { Timeline } from '@meho/core/report/timeline';
import { applyFit } from '@meho/helm/fit-values';
import type { Values } from '@meho/helm/values';
import { ensureTool } from '@meho/images/tools/ensure-tool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedClusterValues } from '../environment/request.ts';
import { secondCharts } from '../environment/second-deployment.ts';
import { installValues } from '../install-target/install-values.ts';
import { type FitOptions, findValueFit } from './find-value-fit.ts';
import { fittedValues } from './value-fit.ts';

const { signal } = new AbortController();
let folder: string;
let helm: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-fit-'));
  const progress = new TerminalProgress({ stream: process.stderr, colour: false, timeline: new Timeline() });
  const { cacheFolder, path: searchPath } = readSettings();
  helm = (await ensureTool('helm', { progress, signal, cacheFolder, searchPath })).path;
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const image = { repository: 'registry.example.com/meho', tag: 'v1' };
const around = {
  image,
  broadcastImage: { repository: 'registry.example.com/valkey', tag: 'v9' },
  ingress: { className: 'nginx', namespace: 'ingress' },
  hasTrustBundle: false,
  vault: 'https://vault.invalid:8200',
  openId: { issuer: 'https://openid.invalid/realms/meho', audience: 'meho' },
  cidrs: { postgres: '192.0.2.1/32', vault: '192.0.2.2/32', keycloak: '192.0.2.3/32' },
};
const site = installValues(around, 'meho.example.com');

function fitOf(chart: string, more: Partial<FitOptions> = {}) {
  return findValueFit({
    ...{ helm, chart, release: 'meho', valuesFiles: [], groundFiles: [embeddedClusterValues], site, image, signal },
    ...{ hasTrustBundle: true, imageCanTrust: true, trustObjects: [], ...more },
  });
}

interface SmallChart {
  readonly schema?: object;
  readonly values?: object;
  readonly subcharts?: Readonly<Record<string, object>>;
  readonly container?: string;
  readonly pod?: string;
  /** Of the image's name. */
  readonly tail?: string;
}

async function smallChart(
  name: string,
  { schema, values, subcharts = {}, container = '', pod = '', tail = '' }: SmallChart,
) {
  const chart = path.join(folder, name);
  const put = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(chart, file)), { recursive: true });
    await writeFile(path.join(chart, file), text);
  };
  const dependencies = Object.keys(subcharts).map((each) => ({ name: each, version: '*', repository: '' }));
  await put('Chart.yaml', JSON.stringify({ apiVersion: 'v2', name: 'small', version: '1.0.0', dependencies }));
  await put('values.yaml', JSON.stringify(values ?? {}));
  if (schema !== undefined) {
    await put('values.schema.json', JSON.stringify(schema));
  }
  for (const [each, its] of Object.entries(subcharts)) {
    await put(`charts/${each}/Chart.yaml`, JSON.stringify({ apiVersion: 'v2', name: each, version: '1.0.0' }));
    await put(`charts/${each}/values.schema.json`, JSON.stringify(its));
  }
  await put(
    'templates/all.yaml',
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  template:
    spec:
      ${pod}
      containers:
        - name: api
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}${tail}"
          ${container}
`,
  );
  return chart;
}

const table = (properties: object, more: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
});
/** Only the operator's part of the seed's table. */
const seeds = {
  image: table({ repository: {}, tag: {} }),
  ingress: table({ host: {}, tls: table({ secretName: {} }) }),
  postgres: {},
  vault: {},
  keycloak: {},
  config: table({ keycloakIssuerUrl: {}, keycloakAudience: {}, vaultAddr: {} }),
  networkPolicy: table({ postgresCIDR: {}, vaultCIDR: {}, keycloakCIDR: {} }),
};
const dotted = (paths: readonly (readonly string[])[]) => paths.map((each) => each.join('.')).toSorted();

describe('the second deployment’s charts', () => {
  test('the closed one is given the published values, and its image the authorities', async () => {
    const { fit: found } = await fitOf(secondCharts.closed);
    expect(dotted(found.leftOut)).toEqual([
      'broadcast.image.repository',
      'broadcast.image.tag',
      'config.keycloakJwksCacheTtlSeconds',
      'config.keycloakJwtLeewaySeconds',
      'migrationJob.restartPolicy',
    ]);
    expect(found).toMatchObject({
      asText: [],
      trust: 'image',
      trustValues: {},
      broadcastImages: ['valkey/valkey:9.0-alpine'],
    });
  });

  test('the one of the field is given numbers as text, and the authorities by its lists', async () => {
    const { fit: found } = await fitOf(secondCharts.field);
    expect(dotted(found.leftOut)).toEqual([
      'broadcast.image.repository',
      'broadcast.image.tag',
      'migrationJob.restartPolicy',
    ]);
    expect(dotted(found.asText)).toEqual([
      'config.keycloakJwksCacheTtlSeconds',
      'config.keycloakJwtLeewaySeconds',
      'migrationJob.backoffLimit',
    ]);
    expect(found.trust).toBe('values');
    expect(Object.keys(found.trustValues).toSorted()).toEqual(['extraEnv', 'extraVolumeMounts', 'extraVolumes']);
  });

  test('packed it is the same', async () => {
    await run(helm, ['package', secondCharts.field, '--destination', folder], { timeoutMs: 60_000 });
    const { fit: found } = await fitOf(path.join(folder, 'second-deployment-in-the-field-7.2.0-field.1.tgz'));
    expect(found.trust).toBe('values');
  });
});

describe('what a schema takes', () => {
  test('is read through references and subcharts', async () => {
    const chart = await smallChart('references', {
      schema: {
        ...{ $schema: 'http://json-schema.org/draft-07/schema#', allOf: [{ $ref: '#/definitions/all' }] },
        definitions: {
          all: table({ ...seeds, image: { $ref: '#/definitions/image' }, broadcast: {} }),
          image: seeds.image,
        },
      },
      subcharts: { broadcast: table({ global: {}, service: {} }) },
    });
    const { fit: found } = await fitOf(chart);
    expect(dotted(found.leftOut)).toEqual(
      expect.arrayContaining(['broadcast.image.repository', 'broadcast.image.tag', 'migrationJob.restartPolicy']),
    );
    expect(applyFit(site, found)).toMatchObject({ image, vault: { address: around.vault } });
  });

  test('is the newer drafts’ unevaluatedProperties as well', async () => {
    const schema = {
      ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
      ...{ allOf: [{ properties: seeds }], unevaluatedProperties: false },
    };
    const { fit: found } = await fitOf(await smallChart('unevaluated', { schema }));
    expect(dotted(found.leftOut)).toContain('broadcast.image.tag');
  });

  test('is the seed’s tables and prose where there is none', async () => {
    const { fit: found } = await fitOf(
      await smallChart('schemaless', { values: { migrationJob: { restartPolicy: 'x' } } }),
    );
    const given = applyFit(site, found);
    expect(given).not.toHaveProperty('broadcast');
    expect(given).toMatchObject({ image, ingress: { className: 'nginx', host: 'meho.example.com' } });
    expect(dotted(found.leftOut)).toEqual([
      'broadcast.image.repository',
      'broadcast.image.tag',
      'config.keycloakJwksCacheTtlSeconds',
      'config.keycloakJwtLeewaySeconds',
      'migrationJob.restartPolicy',
    ]);
  });

  test('keeps no digest beside the run’s image, whoever pinned it, and touches none else', async () => {
    const image = table({ repository: {}, tag: {}, digest: { type: 'string' } });
    const digest = `sha256:${'0'.repeat(64)}`;
    const chart = await smallChart('pinned', {
      schema: table({ ...seeds, image }),
      tail: '@{{ .Values.image.digest }}',
    });
    const file = path.join(folder, 'pinned.yaml');
    await writeFile(file, JSON.stringify({ image: { digest } }));
    const pinned = await fitOf(chart, { valuesFiles: [file] });
    expect(fittedValues(site, pinned.fit)).toMatchObject({ image: { ...around.image, digest: '' } });
    expect(JSON.stringify(pinned.objects)).not.toContain(digest);
    expect(fittedValues(site, (await fitOf(chart)).fit)['image']).toEqual(around.image);
    // Its own broadcast stays pinned where it takes no other.
    const open = await smallChart('open-pinned', { values: { image: { digest }, other: { image: { digest } } } });
    expect((await fitOf(open)).fit.unpinned).toEqual({ image: { digest: '' } });
  });

  test('is refused where a digest can’t be taken out, which would judge another image', async () => {
    const image = table({ repository: {}, tag: {}, digest: { type: 'string', pattern: '^sha256:' } });
    const chart = await smallChart('always-pinned', { schema: table({ ...seeds, image }) });
    const file = path.join(folder, 'always-pinned.yaml');
    await writeFile(file, JSON.stringify({ image: { digest: `sha256:${'0'.repeat(64)}` } }));
    await expect(fitOf(chart, { valuesFiles: [file] })).rejects.toThrow(
      /values that this run sets: at '\/image\/digest'/,
    );
  });

  test('is refused as the run’s where it wants another type than the run’s table', async () => {
    const tls = table({ ...seeds, ingress: table({ host: {}, tls: { type: 'array' } }) });
    await expect(fitOf(await smallChart('tls-list', { schema: tls }))).rejects.toThrow(
      /values that this run sets: at '\/ingress\/tls': got object, want array/,
    );
    const probes = table({ ...seeds, probes: { type: 'string' } });
    const { fit: found } = await fitOf(await smallChart('probes-text', { schema: probes }));
    expect(dotted(found.leftOut)).toContain('probes.readiness.periodSeconds');
  });

  test('is refused by whose value it is', async () => {
    const { image: _, ...others } = seeds;
    const chart = await smallChart('imageless', { schema: table({ ...others, image: table({ name: {} }) }) });
    const file = path.join(folder, 'operators.yaml');
    await writeFile(file, 'users: 1\n');
    const lines = await fitOf(chart, { valuesFiles: [file] }).then(
      () => [],
      (error: unknown) => (error instanceof UsageError ? error.problems : [String(error)]),
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^--values: at '': additional properties 'users' not allowed/),
        expect.stringMatching(
          /^values that this run sets: at '\/image': additional properties 'repository' not allowed/,
        ),
        expect.stringMatching(/^values that this run sets: at '\/image': additional properties 'tag' not allowed/),
      ]),
    );
    expect(lines.join('\n')).not.toMatch(
      /--values: at '\S*': \w+ \w+ '(image|trustBundle|restartPolicy|mehoAcc)|run sets: .*'(probes|className)'/,
    );
  });
});

describe('how pods come to trust the run', () => {
  const volumes = 'volumes: {{ toJson .Values.extraVolumes }}';
  const both = 'env: {{ toJson .Values.extraEnv }}\n          volumeMounts: {{ toJson .Values.extraVolumeMounts }}';
  const lists = { extraVolumes: [], extraVolumeMounts: [], extraEnv: [] };

  test('is its bundle, by what is rendered and not by what is taken', async () => {
    const bundled = await smallChart('bundled', {
      values: { trustBundle: { configMapName: '', key: 'x' } },
      pod: 'volumes: [{ name: ca, configMap: { name: "{{ .Values.trustBundle.configMapName }}" } }]',
      container:
        'env: [{ name: SSL_CERT_FILE, value: "/ca/{{ .Values.trustBundle.key }}" }]\n          volumeMounts: [{ name: ca, mountPath: /ca }]',
    });
    expect((await fitOf(bundled)).fit).toMatchObject({
      trust: 'values',
      trustValues: { trustBundle: { configMapName: 'lab-ca', key: 'ca.crt' } },
    });
    // Without a schema it accepts trustBundle, and ignores it.
    expect((await fitOf(await smallChart('heedless', {}))).fit.trust).toBe('image');
  });

  test('is lists beside what is in them, or a table of variables', async () => {
    const own = { ...lists, extraEnv: [{ name: 'A', value: 'b' }] };
    const listed = await smallChart('listed', { values: own, pod: volumes, container: both });
    expect((await fitOf(listed)).fit.trustValues).toMatchObject({
      extraEnv: [
        { name: 'A' },
        { name: 'SSL_CERT_FILE' },
        { name: 'REQUESTS_CA_BUNDLE' },
        { name: 'NODE_EXTRA_CA_CERTS' },
      ],
    });
    const tabled = await smallChart('tabled', {
      values: { ...lists, extraEnv: {} },
      pod: volumes,
      container:
        'env: [{{ range $k, $v := .Values.extraEnv }}{ name: {{ $k }}, value: {{ $v }} },{{ end }}]\n          volumeMounts: {{ toJson .Values.extraVolumeMounts }}',
    });
    expect((await fitOf(tabled)).fit.trustValues).toMatchObject({
      extraEnv: { SSL_CERT_FILE: '/etc/meho-acceptance/ca.crt' },
    });
  });

  test('is lists by their plain names as well, and no table that is called so', async () => {
    const named = { env: [], volumes: [], volumeMounts: [] };
    const plain = await smallChart('plain', {
      values: { ...named, storage: { volumes: { data: '1Gi' } } },
      pod: 'volumes: {{ toJson .Values.volumes }}',
      container: 'env: {{ toJson .Values.env }}\n          volumeMounts: {{ toJson .Values.volumeMounts }}',
    });
    const { trust, trustValues } = (await fitOf(plain)).fit;
    expect(trust).toBe('values');
    expect(Object.keys(trustValues).toSorted()).toEqual(['env', 'volumeMounts', 'volumes']);
  });

  test('is where the chart itself mounts its volumes, where it has no list of mounts', async () => {
    const chart = await smallChart('mounting', {
      values: { extraVolumes: [], extraEnv: [] },
      pod: volumes,
      container:
        'env: {{ toJson .Values.extraEnv }}\n          volumeMounts: [{{ range .Values.extraVolumes }}{ name: {{ .name }}, mountPath: /extra/{{ .name }} },{{ end }}]',
    });
    expect((await fitOf(chart)).fit.trustValues).toMatchObject({
      extraEnv: expect.arrayContaining([{ name: 'SSL_CERT_FILE', value: '/extra/lab-ca/ca.crt' }]),
    });
  });

  test('is what an operator gives by values or by an object', async () => {
    const file = path.join(folder, 'trust.yaml');
    const more: Values = {
      extraVolumes: [{ name: 'ca', configMap: { name: 'lab-ca' } }],
      extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ssl/certs' }],
    };
    await writeFile(file, JSON.stringify(more));
    const chart = await smallChart('mounts-only', { values: lists, pod: volumes, container: both });
    expect((await fitOf(chart, { valuesFiles: [file] })).fit).toMatchObject({ trust: 'given', trustValues: {} });
    const fixed = await smallChart('fixed', {
      pod: 'volumes: [{ name: ca, secret: { secretName: roots } }]',
      container: 'volumeMounts: [{ name: ca, mountPath: /etc/ssl/certs }]',
    });
    const trustObjects = [{ kind: 'Secret', name: 'roots' }] as const;
    expect((await fitOf(fixed, { trustObjects })).fit.trust).toBe('given');
    expect((await fitOf(fixed)).fit.trust).toBe('image');
  });

  test('is refused where there is no way, with the three that there are', async () => {
    const none = fitOf(secondCharts.closed, { imageCanTrust: false });
    await expect(none).rejects.toThrow(UsageError);
    await expect(none).rejects.toThrow(/by --values;.*by --objects, .*an image that trusts them/);
    expect((await fitOf(secondCharts.closed, { imageCanTrust: false, hasTrustBundle: false })).fit.trust).toBe(
      'not needed',
    );
  });
});

test('a chart that renders only in sight of its cluster is left to the install, its schema looked at all the same', async () => {
  const chart = await smallChart('blind', { schema: table(seeds), pod: '{{ fail "no cluster in sight" }}' });
  const { fit: found, objects, unseen } = await fitOf(chart);
  expect({ objects, unseen, trust: found.trust }).toEqual({
    objects: undefined,
    unseen: expect.stringContaining('no cluster in sight'),
    trust: 'image',
  });
  expect(dotted(found.leftOut)).toContain('migrationJob.restartPolicy');
});

test('a chart that isn’t one is told in one line', async () => {
  await expect(fitOf(folder)).rejects.toThrow(/^--chart .*: helm can't read it: /);
});
