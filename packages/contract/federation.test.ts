import { beforeAll, describe, expect, test } from 'vitest';
import { AuditLog, type Lookup, type RecentRows } from './audit-log/audit-log.ts';
import { Backplane } from './backplane/backplane.ts';
import { isFailure, type Result } from './check.ts';
import { smokeChecks } from './checks.ts';
import { runChecks } from './run-checks.ts';
import {
  type Authority,
  type Behaviour,
  createAuthority,
  HEALTHY,
  json,
  STUB_HOST,
  STUB_REQUEST_ID,
  STUB_SUB,
  serveStub,
  text,
} from './testing/stub-backplane.ts';
import { Secret } from './token/secret.ts';

const subject = { namespace: 'meho', release: 'meho' };
let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

class ToldAuditLog extends AuditLog {
  readonly asked: (string | undefined)[] = [];
  readonly #found: Lookup<RecentRows>;

  constructor(found: Lookup<RecentRows>) {
    super(new Secret('postgresql://nobody@127.0.0.1/none'));
    this.#found = found;
  }

  override countRecent(...[, , requestId]: Parameters<AuditLog['countRecent']>): Promise<Lookup<RecentRows>> {
    this.asked.push(requestId);
    return Promise.resolve(this.#found);
  }
}

interface Told {
  readonly operator?: Behaviour;
  /** Defaults to the answer's operator. */
  readonly sub?: string;
  readonly database?: AuditLog;
  readonly skipLogin?: boolean;
}

async function look({ operator, sub = STUB_SUB, database, skipLogin = false }: Told): Promise<readonly Result[]> {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${encoded({ alg: 'RS256' })}.${encoded({ sub })}.c2lnbmF0dXJl`;
  await using server = await serveStub(authority, operator === undefined ? {} : { operator }, token);
  using https = new Backplane({
    origin: new URL(`https://${STUB_HOST}`),
    ca: [authority.certificatePem],
    connectTo: { host: '127.0.0.1', port: server.port },
    deadlineMs: 5_000,
  });
  const log = database ?? new ToldAuditLog({ kind: 'found', rows: 1, others: 0 });
  return await runChecks(
    smokeChecks({ subject, startedAt: undefined, enforceBudget: false, skipLogin }),
    { inputs: { https, token: new Secret(token), database: log }, missing: {} },
    { signal: AbortSignal.timeout(30_000) },
  );
}

function red(results: readonly Result[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    results
      .filter(({ verdict }) => isFailure(verdict))
      .map(({ check, verdict }) => [check.id, 'observed' in verdict ? verdict.observed : '']),
  );
}

const outcomeOf = (results: readonly Result[], id: string) =>
  results.find(({ check }) => check.id === id)?.verdict.outcome;

describe('leg 1', () => {
  test('left out is a note, and the legs behind it are made all the same', async () => {
    const results = await look({ skipLogin: true });
    expect(outcomeOf(results, 'login')).toBe('skipped');
    expect(red(results)).toEqual({});
    for (const id of ['operator-status', 'vault-readable', 'audit-row', 'migrated']) {
      expect(outcomeOf(results, id)).toBe('holds');
    }
  });
});

describe('leg 2 alone is red', () => {
  const { name, email } = HEALTHY.operator;

  test.each<[string, Behaviour, RegExp]>([
    ['a redirect to a login', json(302, HEALTHY, { location: 'https://login.example.com/' }), /^302, a redirect/],
    ['a login page with 200', text(200, '<form>'), /web page/],
    ['JSON that is no object', json(200, [HEALTHY]), /an array instead of a JSON object/],
    ['a sub that is a number', json(200, { ...HEALTHY, operator: { sub: 7, name, email } }), /no operator\.sub/],
    ['an operator that is a text', json(200, { ...HEALTHY, operator: STUB_SUB }), /no operator\.sub/],
    ['an answer without content', json(204, {}), /^204$/],
    ['another application', json(200, { user: 'x' }), /no member of it, and no X-Request-ID/],
  ])('for %s', async (_, operator, observed) => {
    expect(red(await look({ operator }))).toEqual({ 'operator-status': expect.stringMatching(observed) });
  });

  test.each([
    ['', /claim sub with a value/],
    ['somebody', /another service may answer/],
  ])('for an answer without a sub, where the token has %j: whose fault that is', async (sub, hint) => {
    const results = await look({ sub, operator: json(200, { ...HEALTHY, operator: { sub: '', name, email } }) });
    expect(red(results)).toEqual({ 'operator-status': expect.stringMatching(/no operator\.sub/) });
    expect(results[1]?.verdict).toMatchObject({ hint: expect.stringMatching(hint) });
  });

  test('for the answer of another operator, whose row is not looked for', async () => {
    const database = new ToldAuditLog({ kind: 'found', rows: 1, others: 0 });
    const results = await look({ sub: 'somebody-else', database });
    expect(red(results)).toEqual({
      'operator-status': `200 with operator.sub ${STUB_SUB}, but the token is of somebody-else`,
    });
    expect(outcomeOf(results, 'audit-row')).toBe('skipped');
    expect(database.asked).toEqual([]);
  });
});

describe('legs 4 and 5', () => {
  test.each<[string, object, string, RegExp]>([
    ['vault is null', { vault: null }, 'vault-readable', /reachable is missing.*read_ok is missing/],
    ['vault is true', { vault: true }, 'vault-readable', /reachable is missing/],
    ['vault is a list', { vault: [true, true] }, 'vault-readable', /reachable is missing/],
    [
      'read_ok is a list',
      { vault: { reachable: true, read_ok: [true] } },
      'vault-readable',
      /read_ok is of type object/,
    ],
    ['read_ok is null', { vault: { reachable: true, read_ok: null } }, 'vault-readable', /read_ok is null/],
    ['db is true', { db: true }, 'migrated', /migrated is missing/],
    ['migrated is "True"', { db: { migrated: 'True' } }, 'migrated', /the text "True"/],
  ])('take nothing for true: %s', async (_, change, id, observed) => {
    expect(red(await look({ operator: json(200, { ...HEALTHY, ...change }) }))).toEqual({
      [id]: expect.stringMatching(observed),
    });
  });

  test('the hint of leg 4 is for what Vault said', async () => {
    const vault = { reachable: true, read_ok: false, detail: 'login_failed: VaultDown' };
    const results = await look({ operator: json(200, { ...HEALTHY, vault }) });
    expect(results.find(({ check }) => check.id === 'vault-readable')?.verdict).toMatchObject({
      hint: expect.stringMatching(/unseal/),
    });
  });
});

describe('leg 3', () => {
  test('asks for the row of the request that was answered', async () => {
    const database = new ToldAuditLog({ kind: 'found', rows: 1, others: 4 });
    expect(red(await look({ database }))).toEqual({});
    expect(database.asked).toEqual([STUB_REQUEST_ID]);
  });

  test('is red where only other requests left rows', async () => {
    const database = new ToldAuditLog({ kind: 'found', rows: 0, others: 2 });
    expect(red(await look({ database }))).toEqual({
      'audit-row': `none of this request (${STUB_REQUEST_ID}), 2 of other requests`,
    });
  });
});
