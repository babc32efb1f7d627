import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { type Rendered, render } from './testing/chart.ts';
import { mutatedChart } from './testing/mutation/mutated-chart.ts';
import { environmentOf } from './testing/pods.ts';
import { MINIMAL_VALUES, withValue } from './testing/values.ts';

const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** Helm's limit for release names. */
const LONG = 'a'.repeat(53);

const deploymentOf = (chart: Rendered, component: string) => {
  const found = chart
    .all<V1Deployment>('Deployment')
    .find(({ spec }) => spec?.template.metadata?.labels?.['app.kubernetes.io/component'] === component);
  if (found === undefined) {
    throw new Error(`no Deployment of ${component} among ${chart.names.join(', ')}`);
  }
  return found;
};

describe.concurrent('the full name', () => {
  it.each([
    ['lab', 'lab-meho'],
    ['meho', 'meho'],
    ['meho-lab', 'meho-lab'],
    ['lab-meho', 'lab-meho'],
  ])('of release %s is %s', async (release, name) => {
    const chart = await render(MINIMAL_VALUES, { release });
    expect(deploymentOf(chart, 'backplane').metadata?.name).toBe(name);
    expect(chart.names).toContain(`Job/${name}-migrate`);
  });

  it('of the longest release leaves room for a suffix by a hash, not by a cut', async () => {
    const chart = await render(MINIMAL_VALUES, { release: LONG });
    const job = chart.all('Job')[0]?.metadata?.name;
    expect(deploymentOf(chart, 'backplane').metadata?.name).toBe(`${LONG}-meho`);
    expect(job).toMatch(/^a{46}-[0-9a-f]{8}-migrate$/);
    expect(job).toHaveLength(63);
  });

  it.each([
    [62, 'lab', `lab-${'n'.repeat(58)}`],
    [63, 'lab', `lab-${'n'.repeat(59)}`],
    [64, 'lab', `lab-${'n'.repeat(59)}`],
    [64, 'lab-lab', `lab-lab-${'n'.repeat(55)}`],
  ])('of %i characters made of a long nameOverride is cut where Kubernetes ends', async (length, release, name) => {
    const nameOverride = 'n'.repeat(length - release.length - 1);
    const chart = await render(withValue(MINIMAL_VALUES, '/nameOverride', nameOverride), { release });
    expect(deploymentOf(chart, 'backplane').metadata?.name).toBe(name);
  });

  it('ends at a letter or digit where a cut would leave a hyphen', async () => {
    const nameOverride = `${'n'.repeat(58)}-n`;
    const chart = await render(withValue(MINIMAL_VALUES, '/nameOverride', nameOverride), { release: 'lab' });
    expect(deploymentOf(chart, 'backplane').metadata?.name).toBe(`lab-${'n'.repeat(58)}`);
  });

  it('may be the operator’s', async () => {
    const chart = await render(withValue(MINIMAL_VALUES, '/fullnameOverride', 'backplane'), { release: 'lab' });
    expect(chart.names).toContain('Deployment/backplane');
    expect(chart.names).toContain('Job/backplane-migrate');
    expect(chart.names).toContain('Service/lab-broadcast');
  });
});

describe.concurrent('names and labels', () => {
  const overridden = (fullname: string) => withValue(MINIMAL_VALUES, '/fullnameOverride', fullname);
  const cases: readonly (readonly [string, typeof MINIMAL_VALUES])[] = [
    ['meho', MINIMAL_VALUES],
    ['broadcast', MINIMAL_VALUES],
    ['meho-broadcast', MINIMAL_VALUES],
    ['meho-migrate', MINIMAL_VALUES],
    [LONG, MINIMAL_VALUES],
    [`${'a'.repeat(48)}-meho`, MINIMAL_VALUES],
    ['lab', overridden('b'.repeat(63))],
    ['lab', overridden(`${'b'.repeat(54)}-b${'b'.repeat(7)}`)],
    ['lab', overridden(`${'b'.repeat(55)}-migrate`)],
    // With its suffix 63 and 64 characters: the second is one too many.
    ['lab', overridden('b'.repeat(55))],
    ['lab', overridden('b'.repeat(56))],
  ];

  it.each(cases)('are valid and unique: release %s', async (release, values) => {
    const { objects, names } = await render(
      { ...values, eso: { enabled: true, secretStore: { name: 'vault', kind: 'SecretStore' } } },
      { release },
    );
    expect(names).toEqual([...new Set(names)]);
    for (const { kind, metadata } of objects) {
      expect(metadata?.name, kind).toMatch(SERVICE_NAME);
      expect(metadata?.name?.length, `${kind} ${metadata?.name}`).toBeLessThanOrEqual(63);
      expect(metadata?.namespace).toBe('meho');
      expect(metadata?.labels?.['app.kubernetes.io/instance']).toBe(release);
      expect(metadata?.labels?.['app.kubernetes.io/managed-by']).toBe('Helm');
      expect(metadata?.labels?.['app.kubernetes.io/name']).toMatch(/^(meho|broadcast)$/);
      for (const value of Object.values(metadata?.labels ?? {})) {
        expect(value).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
      }
    }
  });

  it.each(cases)('lead the backplane to the broadcast: release %s', async (release, values) => {
    const chart = await render(values, { release });
    const container = deploymentOf(chart, 'backplane').spec?.template.spec?.containers[0] ?? { name: 'none' };
    const url = environmentOf(container, 'BROADCAST_REDIS_URL');
    expect(url).toBe(`redis://${release}-broadcast:6379/0`);
    const service = chart.get<V1Service>('Service', `${release}-broadcast`);
    const pods = deploymentOf(chart, 'broadcast').spec?.template.metadata?.labels;
    expect(pods).toMatchObject(service.spec?.selector ?? { none: 'x' });
  });

  it('of two releases in one namespace do not meet', async () => {
    const long = [`${LONG.slice(1)}b`, `${LONG.slice(1)}c`];
    for (const [one, other] of [['lab', 'lab2'], long]) {
      const first = await render(MINIMAL_VALUES, { release: one ?? '' });
      const second = await render(MINIMAL_VALUES, { release: other ?? '' });
      expect(first.names.filter((name) => second.names.includes(name))).toEqual([]);
    }
  });
});

describe('labels that are made of a version', () => {
  it('fit into a label, however long and whatever it holds', async () => {
    const version = `1.2.3-${'a'.repeat(49)}.b+${'c'.repeat(30)}`;
    for (const [file, from, to] of [
      ['Chart.yaml', /^version: .*$/m, `version: ${version}`],
      ['charts/broadcast/Chart.yaml', /^version: .*$/m, `version: ${version}`],
      ['Chart.yaml', /^appVersion: .*$/m, `appVersion: ${version}-long`],
    ] as const) {
      await using changed = await mutatedChart(file, (text) => text.replace(from, to));
      const { objects } = await render(MINIMAL_VALUES, { chart: changed.chart });
      for (const { metadata } of objects) {
        for (const value of Object.values(metadata?.labels ?? {})) {
          expect(value).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
        }
      }
    }
  });
});

describe('a release that can’t have names', () => {
  it.each(['2lab', 'lab.eu'])('is refused in words: %s', async (release) => {
    await expect(render(MINIMAL_VALUES, { release })).rejects.toThrow('Choose another release name');
  });

  it('is refused for the broadcast, too, whose name is the release’s', async () => {
    const values = withValue(MINIMAL_VALUES, '/fullnameOverride', 'lab');
    await expect(render(values, { release: '2lab' })).rejects.toThrow(
      'the broadcast\'s name "2lab-broadcast", which Kubernetes refuses',
    );
    const alone = withValue(values, '/broadcast', { enabled: false });
    expect((await render(alone, { release: '2lab' })).names).toContain('Service/lab');
  });

  it('is refused in words where backplane and broadcast would be one', async () => {
    const values = withValue(MINIMAL_VALUES, '/fullnameOverride', 'lab-broadcast');
    await expect(render(values, { release: 'lab' })).rejects.toThrow('would both be called "lab-broadcast"');
  });
});
