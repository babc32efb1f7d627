import { addBefore, addImport, type Change, camelCase, create, edit, mark, unwrittenTest } from './changes.ts';

/** A fault of install-verify; the author says which check it turns red. */
export function newFault(name: string, root: string): readonly Change[] {
  const faults = `${camelCase(name)}Faults`;
  const file = `harness/faults/install/${name}.ts`;
  return [
    create(
      root,
      file,
      `import type { Fault } from '../fault.ts';
import { front, status } from '../front.ts';

/** ${mark}: which check must go red, and by what. */
export const ${faults}: readonly Fault[] = [
  {
    id: '${name}',
    title: '${mark}: what is broken',
    expectRed: ['healthz'],
    says: /${mark}: the words of the red line/,
    inject: (context) => front(context, { healthz: status(500) }),
  },
];
`,
    ),
    create(
      root,
      `harness/faults/install/${name}.test.ts`,
      unwrittenTest(name, [file], "import { expect, test } from 'vitest';\n"),
    ),
    edit(
      root,
      'harness/faults/install.ts',
      addImport(faults, `./install/${name}.ts`),
      addBefore('  faults: [', '\n  ],', `\n    ...${faults},`),
    ),
  ];
}
