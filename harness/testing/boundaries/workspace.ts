import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Leaves out `node:fs` and other built-in modules. */
export interface Import {
  readonly from: string;
  /** Erased at run time. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** Relative to its workspace, e.g. `wait/wait-for.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
}

/** A folder whose package.json says what it may import and what it exports. */
export interface Workspace {
  readonly name: string;
  /** Relative to the repository, e.g. `packages/core`. */
  readonly folder: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly files: readonly SourceFile[];
}

/** Every workspace of the repository with its TypeScript files. */
export function readWorkspaces(root: string): readonly Workspace[] {
  const { workspaces }: { workspaces: readonly string[] } = manifestIn(root);
  return workspaces
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .toSorted()
    .map((folder) => {
      const { name, exports = {}, dependencies = {}, devDependencies = {} } = manifestIn(path.join(root, folder));
      const files = globSync('**/*.ts', { cwd: path.join(root, folder), exclude: ['**/node_modules/**'] });
      return {
        ...{ name, folder, exports, dependencies, devDependencies },
        files: files.toSorted().map((file) => ({
          path: file,
          imports: importsIn(readFileSync(path.join(root, folder, file), 'utf8')),
        })),
      };
    });
}

function manifestIn(folder: string) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

const statements = /^(?:import|export)\s+(type\s+)?(?:([^;'"]*?)\sfrom\s+)?'([^']+)'/gms;
const calls = /\bimport(?:\.meta\.resolve)?\(\s*'([^']+)'\s*\)/g;

/** Module names in `import`, `export … from`, `import()` and `import.meta.resolve()`. */
export function importsIn(text: string): readonly Import[] {
  const named = [...text.matchAll(statements)].map(([, type, names = '', from = '']) => ({
    from,
    typeOnly: type !== undefined || onlyTypes(names),
  }));
  const late = [...text.matchAll(calls)].map(([, from = '']) => ({ from, typeOnly: false }));
  return [...named, ...late].filter(({ from }) => /^[\w@.]/.test(from) && !from.startsWith('node:'));
}

function onlyTypes(names: string): boolean {
  const list = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1];
  return list?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) === true;
}
