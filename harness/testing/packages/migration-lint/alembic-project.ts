import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

let projects = 0;

/** An Alembic project below `folder`; `upgrades` are bodies of `upgrade()`, one building on the other. @returns its root */
export async function alembicProject(
  folder: string,
  upgrades: readonly string[],
  others: Readonly<Record<string, string>> = {},
): Promise<string> {
  projects += 1;
  const root = path.join(folder, `project${projects}`);
  const files = Object.entries({ 'alembic.ini': '[alembic]\nprepend_sys_path = .\n', ...others });
  upgrades.forEach((body, index) => {
    const lines = body.split('\n').map((line) => `    ${line}`);
    const down = index === 0 ? 'None' : `"${index}"`;
    const imports = 'import sqlalchemy as sa\nfrom alembic import op\n';
    files.push([
      `alembic/versions/${index + 1}.py`,
      `${imports}\nrevision = "${index + 1}"\ndown_revision = ${down}\n\n\ndef upgrade() -> None:\n${lines.join('\n')}\n`,
    ]);
  });
  for (const [name, text] of files) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
  return root;
}
