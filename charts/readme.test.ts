import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { CHART_FOLDER } from './testing/chart-folder.ts';
import { madeAnew, type Section, sectionText } from './testing/readme.ts';
import { REQUIRED_PATHS } from './testing/values.ts';

const file = `${CHART_FOLDER}/README.md`;
const readme = readFileSync(file, 'utf8');

// `npx vitest run --project unit charts/readme.test.ts -u` writes the tables anew.
test('the package’s README says of each value what the schema says', async () => {
  await expect(madeAnew(readme)).toMatchFileSnapshot(file);
});

test.each(['required', 'values', 'broadcast', 'refusals'] as const satisfies readonly Section[])(
  'it has the table of %s, and a change of the schema is a change of it',
  (section) => {
    expect(sectionText(section).split('\n').length).toBeGreaterThan(10);
    const stale = readme.replace(sectionText(section), '');
    expect(stale).not.toBe(readme);
    expect(madeAnew(stale)).toBe(readme);
  },
);

describe('it says', () => {
  it.each([
    ['each required value', REQUIRED_PATHS.map((path) => `\`${path.slice(1).replaceAll('/', '.')}\``)],
    ['how to uninstall after a failed install', ['app.kubernetes.io/component=migrate', 'delete job,serviceaccount']],
    ['how to upgrade past a selector', ['--cascade=orphan', 'field is immutable']],
    ['that policies add up', ['kind: NetworkPolicy', 'add up']],
    ['where the Secret may come from', ['ExternalSecret', 'eso.enabled']],
    ['how certificates are trusted', ['trustBundle.configMapName', 'SSL_CERT_FILE']],
    ['how to verify the signature', ['cosign verify ghcr.io/evoila/meho-chart@']],
  ])('%s', (_what, words) => {
    for (const word of words) {
      expect(readme).toContain(word);
    }
  });
});

describe('the package', () => {
  const charts = ['Chart.yaml', 'charts/broadcast/Chart.yaml'].map((name) => ({
    name,
    chart: parse(readFileSync(`${CHART_FOLDER}/${name}`, 'utf8')) as Readonly<Record<string, unknown>>,
  }));

  it.each(charts)('has an icon that nothing has to be fetched for: $name', ({ chart }) => {
    const [, encoded = ''] = /^data:image\/svg\+xml;base64,(.+)$/.exec(String(chart['icon'])) ?? [];
    expect(Buffer.from(encoded, 'base64').toString('utf8')).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [\s\S]+<\/svg>$/,
    );
  });

  it('is found on Artifact Hub by what it is', () => {
    expect(charts[0]?.chart['annotations']).toMatchObject({
      'artifacthub.io/category': 'security',
      'artifacthub.io/license': 'Apache-2.0',
      'artifacthub.io/operator': 'false',
    });
  });
});
