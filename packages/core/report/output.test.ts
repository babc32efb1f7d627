import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { XMLParser } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { appendReport, type Form, writeColoured, writeReport } from './output.ts';
import { annotationLines, jsonText } from './safe-text.ts';

/** Ways to write past `output.ts`. */
const writes =
  /process\.(?:stdout|stderr)\.write|console\.(?:log|error|warn|info|debug)|\b(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|writeSync)\(/g;

/** Written for a program, or verbatim for a reason. */
const may: Readonly<Record<string, string>> = {
  'packages/core/report/output.ts': 'the one place',
  'packages/verifiers/bundle/launcher.ts': 'speaks for an old Node, to which nothing else can be loaded',
  'apps/reference-backplane/server.ts': 'the log of the reference backplane, in its image',
  'apps/reference-backplane/migrate.ts': 'the log of its migration',
  'images/recipes/openid/program/main.ts': "the OpenID provider's log, in its image",
  'images/recipes/openid/program/keyring.ts': "the OpenID provider's keys, in its container",
  'images/bundle.ts': 'a program',
  'images/save-tarball.ts': 'an image',
  'images/builder/archive.ts': 'an image',
  'images/builder/run-logged.ts': 'what a build says, as it came, in the cache',
  'images/builder/rootfs-index.ts': 'an index in the cache',
  'images/builder/rootfs.ts': 'scripts for a root file system',
  'images/builder/times.ts': 'times in the cache',
  'images/builder/python-wheel.ts': 'what pip is asked for',
  'images/tools/kubernetes-schemas.ts': 'schemas in the cache',
  'harness/release/processes/run-verifier.ts': 'a CA for a verifier',
  'harness/release/install/interrupted-helm.ts': 'a program',
  'harness/release/install/chart-copy.ts': 'a chart',
  'harness/release/processes/wrapper-process.ts': 'what a wrapper is given',
  'harness/release/processes/pr-smoke-process.ts': 'what a smoke is given',
  'harness/release/environment/lab-identity.ts': 'a kubeconfig',
  'harness/release/environment/kubeconfig-file.ts': 'a kubeconfig',
  'harness/release/trust/find-value-fit.ts': 'values',
  'harness/release/environment/managed-cluster-values.ts': 'values',
  'harness/clusters/provider-contract.ts': 'a kubeconfig',
  'harness/services/registry.ts': "a registry's configuration, key and hashes, for it alone",
  'harness/faults/rollback/back.ts': 'a fault: a program in a container',
  'harness/faults/rke2-access.ts': 'a fault: a kubeconfig',
  'harness/faults/install/access.ts': 'a fault: a kubeconfig',
  'harness/faults/green-counter.ts': 'notes for the counter',
  'harness/faults/green-counter/wire.ts': 'a fault: broken notes',
  'harness/faults/fixtures.ts': 'a CA for a verifier',
  'harness/faults/pr-smoke.ts': 'a fault: objects',
  'harness/bench/shell.ts': 'what a shell is given',
  'harness/bench/run-benches.ts': 'a CA for a verifier',
  'harness/bench/pairs/run-pairs.ts': 'a CA for a verifier',
  'harness/bench/pairs/subjects.ts': 'a migration to lint',
  'harness/bench/pairs/pair-record.ts': 'commits and milliseconds',
  'harness/bench/growth/run-growth.ts': 'a CA for a verifier, and what it preloads',
  'harness/bench/growth/axes/contexts.ts': 'a kubeconfig',
  'harness/bench/profile/watch-programs.ts': 'names of programs and their seconds',
  'harness/soak/soak-fleet.ts': 'a CA for a verifier, and what it preloads',
  'harness/commands/up.ts': 'for whoever uses what is up: a CA, and a file of secrets for the user alone',
  'harness/services/keycloak/keycloak.keycloak.ts': 'a certificate, for the program under test',
  'harness/release/environment/foundation.ts': 'what is up, for the user alone',
  'harness/release/evidence/pause.ts': 'names and commands on the terminal',
  'packages/core/runs/held.ts': 'why a run is kept',
  'packages/migration-lint/execute/isolation.ts': 'a canary',
  'packages/migration-lint/execute/scratch.ts': 'a password for initdb, removed at once',
  'packages/green-counter/github/answer-cache.ts': 'answers in the cache',
  'harness/commands/scaffold/changes.ts': 'sources that the generator writes',
  'packages/verifiers/bundle/bundle.ts': 'the published program',
  'harness/commands/running/run-on-environment.ts': 'what a test runner is asked for',
  'packages/verifiers/action/main.ts': "the step's outputs, which are the action's own words and paths",
  'harness/commands/workflows/lint/actionlint.ts': 'what actionlint reads',
  'charts/chart.mutants.ts': 'a chart with a fault',
  'charts/publishing/attempts.ts': 'runs where no package is installed',
  'charts/publishing/program.ts': 'what helm and cosign say, as it came',
  'charts/publishing/pull.ts': 'runs where no package is installed',
  'charts/publishing/push.ts': 'an output of a step, checked for its shape',
  'charts/publishing/stamp.ts': 'a chart, and an output of a step',
  'charts/publishing/step.ts': 'runs where no package is installed',
};

test('nothing is said or written past the one place that makes it safe', () => {
  const files = globSync('{packages,images,apps,harness,suites,charts}/**/*.ts', { cwd: repositoryRoot }).filter(
    (file) => !/\.(?:test|spec)\.ts$|\/testing\/|node_modules/.test(file),
  );
  expect(files.length).toBeGreaterThan(500);
  const found = files.filter((file) => readFileSync(path.join(repositoryRoot, file), 'utf8').match(writes) !== null);
  expect(found.toSorted()).toEqual(Object.keys(may).toSorted());
});

test.each([
  'process.stderr.write(text)',
  'console.log(text)',
  'await writeFile(file, text)',
  'appendFileSync(file, text)',
])('%s would be found', (line) => {
  expect(line.match(writes)).not.toBeNull();
});

const canary = 'cnry ##[add-mask]e\u001b[2J\u202e\ufffe';

test.for<[Form, string]>([
  ['txt', `${canary}\n::error::forged\n`],
  ['md', `${canary}\n::error::forged\n`],
  ['html', `<p>${canary}</p>`],
  ['xml', `<p>${canary}</p>`],
  ['json', `${JSON.stringify([canary])}\n`],
  ['jsonl', `${JSON.stringify({ canary })}\n`],
])('a report in %s holds no order and steers no terminal', async ([form, content]) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'output-'));
  try {
    const file = path.join(folder, `report.${form}`);
    await writeReport(file, form, content);
    await appendReport(file, form, content);
    const written = await readFile(file, 'utf8');
    expect(written).toContain('cnry ');
    expect(written).not.toMatch(/##\[|^::|[^\P{Cc}\n]|[\p{Cf}\p{Noncharacter_Code_Point}]/mu);
    if (form === 'json') {
      expect(JSON.parse(written.split('\n')[0] ?? '')).toEqual([canary]);
    }
    if (form === 'xml') {
      expect(new XMLParser({ htmlEntities: true }).parse(`${written.split('</p>')[0]}</p>`).p).toContain(
        'cnry ##[add-mask]e',
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('colours of ours stay, and nothing else that begins as one', async () => {
  const stream = new PassThrough();
  writeColoured(stream, `\u001b[31m[FAIL]\u001b[0m fine\n\u001b[31m::error::x\u001b[0m\n\u001b[2Jx\n`);
  stream.end();
  expect(await text(stream)).toBe('\u001b[31m[FAIL]\u001b[0m fine\n\\u003a:error::x\n\\u001b[2Jx\n');
});

test('annotations are the only orders, and hold no other', () => {
  const lines = '::error file=a::b\n::add-mask::x\n::error file=##[x]::y\n';
  expect(annotationLines(lines)).toBe('::error file=a::b\n\\u003a:add-mask::x\n::error file=##\\u005bx]::y\n');
});

test('a document of JSON is the same to a parser', () => {
  expect(JSON.parse(jsonText({ canary }))).toEqual({ canary });
});
