import { type RulePage, rulePage } from '@meho/migration-lint/rules/testing/rule-page';
import { addBefore, addImport, type Change, camelCase, create, edit, mark } from './changes.ts';

/** An additive rule with one case that is red until packages/migration-lint/sql/ reports it. */
export function newRule(name: string, root: string): readonly Change[] {
  const variable = camelCase(name);
  const rule = {
    id: name,
    group: 'additive',
    severity: 'error',
    title: `${mark}: what the migration does`,
    reason: `${mark}: what happens to image N.`,
    safeWay: `${mark}: what to write instead.`,
  } as const satisfies RulePage['rule'];
  const cases = {
    red: [`COMMENT ON TABLE audit_log IS '${mark}: a statement that ${name} must find'`],
    green: ['CREATE TABLE x (id int)'],
  };
  const folder = 'packages/migration-lint/rules';
  return [
    create(
      root,
      `${folder}/${name}.ts`,
      `import type { Rule } from './rule.ts';

export const ${variable} = {
  id: '${name}',
  group: '${rule.group}',
  severity: '${rule.severity}',
  title: '${rule.title}',
  reason: '${rule.reason}',
  safeWay: '${rule.safeWay}',
} as const satisfies Rule;
`,
    ),
    create(
      root,
      `${folder}/cases/${name}.ts`,
      `import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: ["${cases.red}"],
  green: ['${cases.green}'],
};
`,
    ),
    edit(
      root,
      `${folder}/rules.ts`,
      addImport(variable, `./${name}.ts`),
      addBefore('const catalogue = [', '\n  indexNotConcurrent,', `\n  ${variable},`),
    ),
    create(root, `docs/rules/${name}.md`, rulePage({ rule, cases, corpus: [], byHand: '' })),
    edit(
      root,
      'docs/rules/README.md',
      addBefore(
        '## Image N on the new schema',
        '\n## Image N while',
        `| [${name}](${name}.md) | ${rule.title} | ${rule.severity} |\n`,
      ),
    ),
  ];
}
