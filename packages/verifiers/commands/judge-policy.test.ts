import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CheckInputs } from '@meho/contract/check';
import { readFlags } from '@meho/core/command-line/flags';
import { UsageError } from '@meho/core/problem';
import { KnownSecrets } from '@meho/core/redaction/known-secrets';
import { WaitError } from '@meho/core/wait/wait-for';
import { NotEnforced } from '@meho/network-policy/enforcement';
import type { Cell, Matrix } from '@meho/network-policy/matrix';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import matrixSchema from '@meho/network-policy/report/matrix.schema.json' with { type: 'json' };
import { aCell, aDenial, aMatrix, aPod, aSource, aTarget, seen } from '@meho/network-policy/testing/cells';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAcceptances } from '../flags/acceptances.ts';
import outputSchema from '../report/output.schema.json' with { type: 'json' };
import stepSchema from '../report/step-output.schema.json' with { type: 'json' };
import { judgePolicy } from './judge-policy.ts';
import { networkPolicyFlags } from './network-policy.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-judge-policy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bare = aSource(aPod('meho', 'bare'));
const broadcast = aTarget({ endpoint: aPod('meho', 'broadcast-1'), port: 6379 });
const denied = { allowed: false, rule: 'default deny: the broadcast is reached by the backplane alone, on 6379/TCP' };
const openBroadcast = aCell({ source: bare, target: broadcast, declared: { ...denied, about: 'broadcast' } });
const stranger = aTarget({
  endpoint: aPod('meho', 'stranger', { 'k8s-app': 'kube-dns' }),
  port: 53,
  protocol: 'UDP',
});
const noDns = { allowed: false, rule: 'default deny: no egress rule of the backplane names 53/UDP of this host' };
/** Any namespace's kube-dns pods: the rule of `aMatrix`. */
const wideDns = aCell({ target: stranger, declared: { ...noDns, about: 'dns' } });
const good = [aCell(), aDenial(), aCell({ source: bare })];
const wide = aCell({
  declared: { allowed: false, rule: 'default deny' },
  target: aTarget({ id: 'decoy', title: 'decoy' }),
});

interface Told {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

async function judge(
  cells: readonly Cell[],
  args: readonly string[] = [],
  look: Partial<PolicyMeasurement> = {},
): Promise<Told> {
  let [out, err] = ['', ''];
  const { values, problems } = readFlags(networkPolicyFlags, ['--probe-image=p:1', ...args]);
  expect(problems).toEqual([]);
  const found: string[] = [];
  const accepted = readAcceptances(values, found);
  expect(found).toEqual([]);
  const matrix: Matrix = aMatrix(cells);
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    outIsTerminal: false,
    cwd: folder,
    signal: new AbortController().signal,
    secrets: new KnownSecrets([]),
  };
  try {
    const exitCode = await judgePolicy(
      {
        enforced: async () =>
          ({ deniedAfterMs: 100, evidence: 'timed out' }) as Awaited<ReturnType<PolicyMeasurement['enforced']>>,
        matrix: async () => matrix,
        changes: async () => [],
        ...look,
      },
      {
        io,
        json: values.output === 'json',
        safe: (text) => text,
        cluster: { namespace: 'meho', release: 'meho' } as CheckInputs['cluster'],
        taken: {},
        values: {
          matrix: values.matrix === true,
          report: values.report,
          junit: values.junit,
          summary: values.summary,
          'fail-on-accepted': values['fail-on-accepted'] === true,
        },
        accepted,
        stepSummary: undefined,
      },
    );
    return { exitCode, out, err };
  } catch (error) {
    if (error instanceof UsageError) {
      return { exitCode: 2, out, err: `${err}${error.problems.join('\n')}` };
    }
    throw error;
  }
}

const acceptBroadcast = ['--accept=policy-broadcast', '--because=the lab has no other tenants'];
const acceptDns = ['--accept', 'policy-dns', '--because', 'NodeLocal DNS'];

test('without acceptances each promise is red by its own id, and no other', async () => {
  const { exitCode, out, err } = await judge([...good, openBroadcast, wideDns]);
  expect(exitCode).toBe(1);
  expect(err.match(/^\[FAIL\] .*?:/gm)).toEqual([
    '[FAIL] The broadcast is reached by the backplane alone, and calls nobody:',
    "[FAIL] DNS goes to the cluster's own servers alone, by 53/UDP:",
  ]);
  expect(out).toMatch(/^\[ok\] Who may talk to whom .*: 3 flows, 2 open and 1 closed, agree/m);
  expect(out).toMatch(/\nnetwork-policy: failed, 4 hold, 2 failed, /);
});

test('what is accepted is told as a warning, counted in the last line, and passes', async () => {
  const { exitCode, out, err } = await judge([...good, openBroadcast, wideDns], [...acceptBroadcast, ...acceptDns]);
  expect(exitCode).toBe(0);
  expect(err.split('\n').filter((line) => line !== '')).toEqual([
    expect.stringMatching(
      /^\[WARN\] accepted policy-broadcast: .*1 of 1 flows are not.*because the lab has no other tenants$/,
    ),
    expect.stringMatching(/^\[WARN\] accepted policy-dns: .*1 of 1 flows are not.*because NodeLocal DNS$/),
  ]);
  expect(out.trim().split('\n').at(-1)).toMatch(/^network-policy: passed, 4 hold, accepted: 2, \d/);
});

test('in the document it is a WARN with its reason, as the schema says', async () => {
  const { exitCode, out } = await judge([...good, openBroadcast], [...acceptBroadcast, '--output=json']);
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
  addFormats.default(ajv);
  ajv.addSchema(outputSchema);
  const document = JSON.parse(out);
  const validate = ajv.compile(stepSchema);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(document).toMatchObject({ outcome: 'passed', exitCode: 0, accepted: 1 });
  expect(exitCode).toBe(0);
  const check = document.checks.find(({ id }: { id: string }) => id === 'policy-broadcast');
  expect(check).toMatchObject({
    status: 'WARN',
    outcome: 'violated',
    accepted: { because: 'the lab has no other tenants' },
  });
  const wrong = { ...document, checks: [{ ...check, status: 'FAIL' }] };
  expect(validate(wrong)).toBe(false);
});

test('JUnit, the matrix in every form and the summary name it with its reason', async () => {
  const at = (name: string) => path.join(folder, name);
  const args = [`--junit=${at('junit.xml')}`, `--summary=${at('summary.md')}`, `--report=${at('matrix')}`];
  await judge([...good, openBroadcast, wideDns], [...acceptBroadcast, ...acceptDns, ...args]);
  const text = (name: string) => readFile(at(name), 'utf8');
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
  for (const [name, failures, skipped] of [
    ['junit.xml', '0', '2'],
    ['matrix/matrix.xml', '0', '2'],
  ] as const) {
    const { testsuite } = parser.parse(await text(name)).testsuites;
    expect(testsuite).toMatchObject({ failures, skipped });
    const messages = testsuite.testcase.flatMap(
      (each: { skipped?: { message: string } }) => each.skipped?.message ?? [],
    );
    expect(messages).toEqual([
      expect.stringMatching(/^accepted.*because the lab has no other tenants$/),
      expect.stringMatching(/^accepted.*because NodeLocal DNS$/),
    ]);
  }
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false });
  addFormats.default(ajv);
  const document = JSON.parse(await text('matrix/matrix.json'));
  const validate = ajv.compile(matrixSchema);
  expect(validate({ ...document, startedAt: new Date().toISOString() }), JSON.stringify(validate.errors)).toBe(true);
  expect(document).toMatchObject({ outcome: 'passed', findings: [], counts: { findings: 0, accepted: 2 } });
  expect(document.accepted).toMatchObject([
    { check: 'policy-broadcast', because: 'the lab has no other tenants' },
    { check: 'policy-dns', because: 'NodeLocal DNS' },
  ]);
  expect(document.flows.filter(({ accepted }: { accepted?: object }) => accepted !== undefined)).toHaveLength(2);
  expect(await text('matrix/matrix.html')).toMatch(
    /<h2>Accepted<\/h2>.*policy-broadcast.*the lab has no other tenants/s,
  );
  expect(await text('matrix/matrix.txt')).toMatch(/^\[WARN\] accepted policy-broadcast: 1 flows, because the lab/m);
  expect(await text('summary.md')).toMatch(/accepted: 2.*\| accepted \| .*policy-broadcast.*because the lab/s);
});

test('--fail-on-accepted fails, and says what by', async () => {
  const { exitCode, out, err } = await judge([...good, openBroadcast], [...acceptBroadcast, '--fail-on-accepted']);
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^\[WARN\] accepted policy-broadcast/);
  expect(out).toMatch(/\nnetwork-policy: failed, .*accepted: 1, /);
  expect((await judge(good, ['--fail-on-accepted'])).exitCode).toBe(0);
});

describe('never is accepted', () => {
  test.each<[string, readonly Cell[], RegExp]>([
    ['a flow beyond that id', [...good, openBroadcast, wide], /^\[FAIL\] Who may talk to whom/m],
    [
      'a broadcast that the backplane does not reach',
      [
        ...good,
        openBroadcast,
        aDenial({
          target: broadcast,
          declared: { allowed: true, rule: 'ingress to the broadcast', about: 'broadcast' },
        }),
      ],
      /^\[FAIL\] The broadcast is reached by the backplane alone/m,
    ],
    [
      'a flow of it that could not be probed',
      [
        ...good,
        openBroadcast,
        { ...openBroadcast, source: aSource(aPod('x', 'y')), observed: seen('could not probe') },
      ],
      /^\[FAIL\] The broadcast is reached by the backplane alone/m,
    ],
    [
      'an engine that does not enforce its policy',
      [...good, { ...openBroadcast, computed: aDenial().computed }],
      /^\[FAIL\] The broadcast is reached by the backplane alone/m,
    ],
    [
      'a denial without its proof',
      [...good, openBroadcast, aDenial({ controls: [], target: aTarget({ port: 9 }) })],
      /^\[FAIL\] Every denial is proven/m,
    ],
  ])('%s', async (_, cells, failure) => {
    const { exitCode, err } = await judge(cells, acceptBroadcast);
    expect(exitCode).toBe(1);
    expect(err).toMatch(failure);
  });

  test('DNS that is open by a rule about more than DNS', async () => {
    const policies = {
      ...aMatrix([]).policies,
      policies: [
        {
          metadata: { namespace: 'meho', name: 'all' },
          spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
        },
      ],
    };
    const { exitCode, out, err } = await judge([], acceptDns, {
      matrix: async () => ({ ...aMatrix([...good, wideDns]), policies }),
    });
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^\[FAIL\] Who may talk to whom/m);
    expect(err).toMatch(/^\[WARN\] --accept policy-dns: accepted nothing/m);
    expect(out).toMatch(/^\[note\] DNS goes .*reported by policy-matrix/m);
  });

  test('a cluster that enforces nothing, or a look that failed', async () => {
    const refused = new NotEnforced(new WaitError('a pod to be closed', 'deadline', 'it is reached', 8000));
    for (const error of [refused, new Error('gone')]) {
      const { exitCode, err } = await judge([], acceptBroadcast, {
        enforced: () => Promise.reject(error),
        matrix: () => Promise.reject(error),
        changes: () => Promise.reject(error),
      });
      expect(exitCode).toBe(1);
      expect(err).toMatch(/^\[FAIL\] The cluster enforces NetworkPolicy/);
      expect(err).not.toMatch(/accepted policy/);
    }
  });
});

test('an id that accepted nothing is 2, and the line says why', async () => {
  expect(
    await judge(
      good.concat({ ...openBroadcast, declared: { ...denied, allowed: true, about: 'broadcast' } }),
      acceptBroadcast,
    ),
  ).toMatchObject({
    exitCode: 2,
    err: '--accept policy-broadcast: accepted nothing, the check holds: take the flag away',
  });
  expect(await judge(good, acceptDns)).toMatchObject({
    exitCode: 2,
    err: '--accept policy-dns: accepted nothing, the check was not made: take the flag away, or see its line',
  });
  expect(await judge([...good, openBroadcast], [...acceptBroadcast, ...acceptDns])).toMatchObject({ exitCode: 2 });
});
