import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { verifyTargets } from './verify-targets.ts';

const sound = readFileSync(new URL('../../../examples/targets.yaml', import.meta.url), 'utf8');

function changed(from: string, to: string) {
  expect(sound.split(from)).toHaveLength(2);
  const text = sound.replace(from, to);
  const line = sound.slice(0, sound.indexOf(from)).split('\n').length;
  return { line, problems: verifyTargets(text) };
}

test('the example is sound, also as a bare list', () => {
  expect(verifyTargets(sound)).toEqual([]);
  expect(verifyTargets(JSON.stringify(parse(sound).targets))).toEqual([]);
});

describe('one fault, one problem on its line', () => {
  test.each([
    ['tag_policy: immutable-sha', 'tag_policy: latest', 'image.tag_policy', /not latest/],
    ['repository: example/meho\n', 'repository: example/meho-chart\n', 'image.repository', /not that of the chart/],
    ['min_streak: 5', 'min_streak: 4', 'smoke_gate.counter.min_streak', /5 or more, seen 4/],
    ['min_streak: 5', 'min_streak: "5"', 'smoke_gate.counter.min_streak', /type integer, seen "5"/],
    [
      'strategy: helm-upgrade-install',
      'strategy: kubectl',
      'deploy.strategy',
      /"helm-upgrade-install", seen "kubectl"/,
    ],
    ['event_type: meho-image-pushed', 'event_type: pushed', 'deploy.dispatch_event.event_type', /"meho-image-pushed"/],
    ['workflow: pr-smoke.yml', 'workflow: ci.yml', 'smoke_gate.workflow', /"pr-smoke.yml"/],
    ['auth: service-account-jwt', 'auth: none', 'probes.health.auth', /"service-account-jwt"/],
    ['auth: none', 'auth: basic', 'probes.liveness.auth', /"none"/],
    ['timeout_seconds: 10', 'timeout_seconds: 0', 'probes.health.timeout_seconds', /more than 0/],
    ['sensitivity: dogfood', 'sensitivity: secret', 'sensitivity', /dogfood, staging, prod/],
    [
      'url: https://meho.example.com/healthz',
      'url: http://meho.example.com/healthz',
      'probes.liveness.url',
      /an https URL/,
    ],
    ['owner: platform-team', 'owner: " "', 'owner', /text/],
  ])('%s → %s', (from, to, where, message) => {
    const { line, problems } = changed(from, to);
    expect(problems).toEqual([
      { line, column: expect.any(Number), path: `rdc-meho.${where}`, message: expect.stringMatching(message) },
    ]);
  });
});

describe('what is required', () => {
  const paths = (value: unknown, so: readonly string[] = []): readonly (readonly string[])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, each]) => [[...so, name], ...paths(each, [...so, name])])
      : [];
  const entry = () => parse(sound).targets[0];
  test.each(
    paths(entry())
      .filter(([name]) => name !== 'name')
      .map((path) => [path.join('.'), path] as const),
  )('%s', (name, path) => {
    const target = entry();
    const parent = path.slice(0, -1).reduce((so, part) => so[part], target);
    delete parent[path.at(-1) ?? ''];
    expect(verifyTargets(JSON.stringify([target], null, 2))).toEqual([
      expect.objectContaining({ path: `rdc-meho.${name}`, message: 'expected it to be there, seen nothing' }),
    ]);
  });
});

describe('the registry around it', () => {
  test('the chart is recognised however its reference is split', () => {
    const target = parse(sound).targets[0];
    const image = { ...target.image, registry: 'GHCR.io/example/', repository: 'Meho-Chart' };
    expect(verifyTargets(JSON.stringify([{ ...target, image }]))).toEqual([
      expect.objectContaining({ path: 'rdc-meho.image.repository' }),
    ]);
  });
  test('a name that is there twice is told at its second place', () => {
    const text = `${sound}  - name: other\n  - name: rdc-meho\n  - name: other\n`;
    const last = text.trimEnd().split('\n').length;
    expect(verifyTargets(text).map(({ line, path }) => [line, path])).toEqual([
      [last - 1, 'rdc-meho'],
      [last, 'other'],
    ]);
  });
  test('all problems at once, in the order of lines', () => {
    const text = sound
      .replace('tag_policy: immutable-sha', 'tag_policy: Latest')
      .replace('min_streak: 5', 'min_streak: 0')
      .replace('    owner: platform-team\n', '')
      .replace('https://github.com', 'git@github.com');
    const lines = verifyTargets(text).map(({ line }) => line);
    expect(lines).toHaveLength(4);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });
  test.each([
    ['no entry', 'targets:\n  - name: other\n', /a target named rdc-meho/],
    ['no list', 'targets: none\n', /a list of targets/],
    ['nothing', '', /a list of targets/],
    ['an entry without a name', `${sound}  - owner: x\n`, /an object with a name/],
    ['a key twice', sound.replace('owner: platform-team', 'owner: a\n    owner: b'), /unique/],
    ['no YAML', 'targets: [', /./],
  ])('%s', (_, text, message) => {
    const problems = verifyTargets(text);
    expect(problems[0]?.message).toMatch(message);
    expect(problems[0]?.line).toBeGreaterThan(0);
  });
  test('an anchor elsewhere is followed', () => {
    const text = sound
      .replace('targets:', 'common: &team platform-team\ntargets:')
      .replace('owner: platform-team', 'owner: *team');
    expect(verifyTargets(text)).toEqual([]);
  });
});
