import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { XMLParser } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { add, type Form, keep, painted } from './output.ts';
import { annotationLines, jsonText } from './safe-text.ts';

/** Ways to say something, or to write a file, past `output.ts`. */
const writes =
  /process\.(?:stdout|stderr)\.write|console\.(?:log|error|warn|info|debug)|\b(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|writeSync)\(/g;

/** Who may, and why: what is written there is for a program, or as it came for a reason. */
const may: Readonly<Record<string, string>> = {
  'harness/report/output.ts': 'the one place',
  'harness/verifiers/launcher.ts': 'speaks for an old Node, to which nothing else can be loaded',
  'harness/backplane/server.ts': 'the log of the reference backplane, in its image',
  'harness/backplane/migrate.ts': 'the log of its migration',
  'harness/images/openid/program/main.ts': "the OpenID provider's log, in its image",
  'harness/images/openid/program/keyring.ts': "the OpenID provider's keys, in its container",
  'harness/images/bundle.ts': 'a program',
  'harness/images/save-tarball.ts': 'an image',
  'harness/images/build/archive.ts': 'an image',
  'harness/images/build/logged-run.ts': 'what a build says, as it came, in the cache',
  'harness/images/build/rootfs-index.ts': 'an index in the cache',
  'harness/images/build/rootfs.ts': 'scripts for a root file system',
  'harness/images/build/times.ts': 'times in the cache',
  'harness/images/build/python-wheel.ts': 'what pip is asked for',
  'harness/images/tools/kubernetes-schemas.ts': 'schemas in the cache',
  'harness/environment/run-verifier.ts': 'a CA for a verifier',
  'harness/environment/interrupted-helm.ts': 'a program',
  'harness/environment/chart-copy.ts': 'a chart',
  'harness/environment/wrapper-process.ts': 'what a wrapper is given',
  'harness/environment/pr-smoke-process.ts': 'what a smoke is given',
  'harness/environment/lab-identity.ts': 'a kubeconfig',
  'harness/environment/kubeconfig-file.ts': 'a kubeconfig',
  'harness/environment/fit-subject.ts': 'values',
  'harness/environment/ground-values.ts': 'values',
  'harness/cluster/provider-contract.ts': 'a kubeconfig',
  'harness/prove/rollback/back.ts': 'a fault: a program in a container',
  'harness/prove/rke2-access.ts': 'a fault: a kubeconfig',
  'harness/prove/install/access.ts': 'a fault: a kubeconfig',
  'harness/prove/green-counter.ts': 'notes for the counter',
  'harness/prove/green-counter/wire.ts': 'a fault: broken notes',
  'harness/prove/prove.ts': 'a CA for a verifier',
  'harness/prove/pr-smoke.ts': 'a fault: objects',
  'harness/prove/bench/shell.ts': 'what a shell is given',
  'harness/prove/bench/run-benches.ts': 'a CA for a verifier',
  'harness/github/answer-cache.ts': 'answers in the cache',
  'harness/verifiers/bundle.ts': 'the published program',
  'harness/commands/run-suites.ts': 'what a test runner is asked for',
  'harness/action/main.ts': "the step's outputs, which are the action's own words and paths",
  'charts/publishing/stamp.ts': 'a chart, and an output of a step',
};

test('nothing is said or written past the one place that makes it safe', () => {
  const files = globSync('{harness,suites,charts}/**/*.ts', { cwd: repositoryRoot }).filter(
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
    await keep(file, form, content);
    await add(file, form, content);
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
  painted(stream, `\u001b[31m[FAIL]\u001b[0m fine\n\u001b[31m::error::x\u001b[0m\n\u001b[2Jx\n`);
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
