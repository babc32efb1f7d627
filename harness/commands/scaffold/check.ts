import { addBefore, addImport, type Change, camelCase, create, edit, mark, unwrittenTest } from './changes.ts';

/** A check of install-verify that works: what it asks and says is the author's to change. */
export function newCheck(name: string, root: string): readonly Change[] {
  const check = `${camelCase(name)}Check`;
  const module = `packages/contract/checks/${name}.ts`;
  const page = `docs/checks/${name}.md`;
  const fault = 'harness/faults/install/healthz.ts';
  return [
    create(root, module, moduleOf(name, check)),
    create(root, `packages/contract/checks/${name}.test.ts`, testOf(name, check, [module, fault, page])),
    edit(
      root,
      'packages/contract/checks.ts',
      addImport(check, `./checks/${name}.ts`),
      addBefore('export const installList', '  budget: ', `  ${key(name)}: ({ subject }) => ${check}(subject),\n`),
    ),
    edit(
      root,
      fault,
      (text) => (text.includes(' members,') ? text : text.replace(' huge, type', ' huge, members, type')),
      addBefore('export const healthz', '\n]);', faultOf(name)),
    ),
    create(root, page, pageOf(name)),
    edit(root, 'docs/checks/README.md', addBefore('## install-verify', '- [budget]', `- [${name}](${name}.md)\n`)),
  ];
}

function key(name: string): string {
  return name.includes('-') ? `'${name}'` : name;
}

const moduleOf = (name: string, check: string) => `import type { Subject } from '@meho/helm/subject';
import { hostOf, jsonObject, memberAt, noAnswerVerdict, statusHint } from '../backplane/answers.ts';
import type { Check } from '../check.ts';

const PATH = '/healthz';

/** ${mark}: where the contract says it. */
export function ${check}(subject: Subject): Check<'https'> {
  return {
    id: '${name}',
    title: \`${mark}: what GET \${PATH} promises\`,
    needs: ['https'],
    after: ['deployment-available', 'healthz'],
    explainedBy: ['healthz', 'deployment-available'],
    async run({ https }, signal) {
      const expected = \`status "ok" from \${https.urlOf(PATH)}\`;
      const reply = await https.get(PATH, signal);
      if (reply.kind === 'none') {
        return noAnswerVerdict(expected, reply.error);
      }
      const hint = statusHint(reply, subject);
      const body = reply.status === 200 ? jsonObject(reply) : undefined;
      if (body?.kind !== 'object') {
        const observed = body?.observed ?? String(reply.status);
        return { outcome: 'unknown', expected, observed, hint };
      }
      const status = memberAt(body.value, 'status');
      return status === 'ok'
        ? { outcome: 'holds', observed: 'status ok' }
        : {
            outcome: 'violated',
            expected,
            observed: \`status \${JSON.stringify(status)}\`,
            hint,
            severity: 'failure',
            ...hostOf(reply),
          };
    },
  };
}
`;

const testOf = (name: string, check: string, files: readonly string[]) =>
  unwrittenTest(
    name,
    files,
    `import { expect, test } from 'vitest';
import { Backplane } from '../backplane/backplane.ts';
import { createAuthority, type Faults, json, STUB_HOST, serveStub } from '../testing/stub-backplane.ts';
import { ${check} } from './${name}.ts';

// A path that the stub doesn't know is given its answer in packages/contract/testing/stub-backplane.ts.
async function verdictUnder(faults: Faults) {
  const authority = await createAuthority();
  await using server = await serveStub(authority, faults);
  using https = new Backplane({
    origin: new URL(\`https://\${STUB_HOST}\`),
    ca: [authority.certificatePem],
    connectTo: { host: '127.0.0.1', port: server.port },
    deadlineMs: 5_000,
  });
  const signal = AbortSignal.timeout(30_000);
  return await ${check}({ namespace: 'meho', release: 'meho' }).run({ https }, signal);
}

test('holds for a healthy backplane', async () => {
  expect(await verdictUnder({})).toMatchObject({ outcome: 'holds' });
});

test('is violated by what breaks the promise', async () => {
  const verdict = await verdictUnder({ '/healthz': json(200, { status: 'ill' }, { 'x-request-id': 'one' }) });
  expect(verdict).toMatchObject({ outcome: 'violated', observed: 'status "ill"', hint: expect.stringMatching(/./) });
});
`,
  );

const faultOf = (name: string) => `
  // ${mark}: each way in which ${name} must go red; of what isn't asked of /healthz in a file of its own.
  {
    id: '${name}-ill',
    title: '/healthz says that it is ill',
    expectRed: ['${name}'],
    says: /status "ill"/,
    inject: (context) => front(context, { healthz: members({ status: 'ill' }) }),
  },`;

const pageOf = (name: string) => `# ${name}

${mark}: what is promised, and to whom.

It is part of \`install-verify\`.

## Why

${mark}: what goes wrong where it isn't so.

## How it fails

| seen | what it means, and what to do |
| --- | --- |
| ${mark} | ${mark} |

## Look by hand

\`\`\`sh
curl -i --cacert ca.pem https://meho.example.com/healthz
\`\`\`
`;
