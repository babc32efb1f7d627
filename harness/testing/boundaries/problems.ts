import path from 'node:path';
import type { SourceFile, Workspace } from './workspace.ts';

/** Installed at the root: only tests and what they share may import it undeclared. */
const runner = 'vitest';

const isTest = (file: string) => /\.(?:test|spec|helms|keycloak|faults|mutants)\.ts$|(?:^|\/)testing\//.test(file);

/** Returns a line for each disagreement between imports and package.json files. */
export function boundaryProblems(workspaces: readonly Workspace[]): readonly string[] {
  return [
    ...workspaces.flatMap((workspace) => [
      ...workspace.files.flatMap((file) => importProblems(workspace, file, workspaces)),
      ...unusedDependencies(workspace),
      ...unusedExports(workspace, workspaces),
    ]),
    ...cycles(
      new Map(workspaces.map((each) => [each.name, Object.keys({ ...each.dependencies, ...each.devDependencies })])),
    ).map((names) => `${names.join(' → ')} is a cycle of packages: move what they share below both`),
    ...versionsApart(workspaces),
  ];
}

function importProblems(
  { name, folder, dependencies, devDependencies }: Workspace,
  file: SourceFile,
  workspaces: readonly Workspace[],
): readonly string[] {
  const place = `${folder}/${file.path}`;
  return file.imports.flatMap(({ from }) => {
    if (from.startsWith('.')) {
      return path.posix.join(path.posix.dirname(file.path), from).startsWith('..')
        ? [`${place} imports ${from}, which is outside ${folder}: import it by its package's name`]
        : [];
    }
    const wanted = packageOf(from);
    const declared = isTest(file.path) ? { ...devDependencies, ...dependencies } : dependencies;
    if (wanted !== name && !Object.hasOwn(declared, wanted) && !(wanted === runner && isTest(file.path))) {
      return [`${place} imports ${wanted}, which ${folder}/package.json doesn't name among its dependencies`];
    }
    const other = workspaces.find((each) => each.name === wanted);
    const entry = `.${from.slice(wanted.length)}`;
    return other !== undefined && !Object.hasOwn(other.exports, entry)
      ? [`${place} imports ${from}, which ${other.folder}/package.json doesn't export`]
      : [];
  });
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function unusedDependencies({ folder, files, dependencies, devDependencies }: Workspace): readonly string[] {
  const imported = new Set(files.flatMap(({ imports }) => imports.map(({ from }) => packageOf(from))));
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((each) => !imported.has(each))
    .map((each) => `${folder}/package.json names ${each}, which no file there imports: take it out`);
}

function unusedExports({ name, folder, exports }: Workspace, workspaces: readonly Workspace[]): readonly string[] {
  const imported = new Set(
    workspaces.flatMap((each) =>
      each.name === name ? [] : each.files.flatMap(({ imports }) => imports.map(({ from }) => from)),
    ),
  );
  return Object.keys(exports)
    .filter((entry) => entry.endsWith('.json') === false && !imported.has(`${name}${entry.slice(1)}`))
    .map((entry) => `${folder}/package.json exports ${entry}, which no other package imports: take it out`);
}

/** Each library has one version in the whole repository. */
function versionsApart(workspaces: readonly Workspace[]): readonly string[] {
  const wanted = new Map<string, Map<string, string>>();
  for (const { folder, dependencies, devDependencies } of workspaces) {
    for (const [library, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      const places = wanted.get(library) ?? new Map<string, string>();
      wanted.set(library, places.set(version, folder));
    }
  }
  return [...wanted].flatMap(([library, places]) =>
    places.size === 1
      ? []
      : [`${library} is wanted as ${[...places].map(([version, folder]) => `${version} by ${folder}`).join(', ')}`],
  );
}

/** The root pins only what workspaces name, in that version, besides `tools` that are only run. */
export function rootProblems(
  pinned: Readonly<Record<string, string>>,
  workspaces: readonly Workspace[],
  tools: readonly string[],
): readonly string[] {
  return Object.entries(pinned)
    .filter(([library]) => !tools.includes(library) && !library.startsWith('@types/'))
    .flatMap(([library, version]) => {
      const wanted = workspaces.flatMap(
        ({ dependencies, devDependencies }) => ({ ...dependencies, ...devDependencies })[library] ?? [],
      );
      if (wanted.length === 0) {
        return [`package.json names ${library}, which no workspace does: take it out`];
      }
      return wanted.includes(version) ? [] : [`package.json pins ${library} ${version}, workspaces want ${wanted[0]}`];
    });
}

/** Files outside `allowed` that import each other by value: their load order is unclear. */
export function fileCycles(workspaces: readonly Workspace[], allowed: readonly string[]): readonly string[] {
  const folders = new Map(workspaces.map(({ name, folder }) => [name, folder]));
  const graph = new Map(
    workspaces.flatMap(({ folder, files }) =>
      files.map((file) => {
        const targets = file.imports.flatMap(({ from, typeOnly }) => {
          if (typeOnly) {
            return [];
          }
          if (from.startsWith('.')) {
            return [path.posix.join(folder, path.posix.dirname(file.path), from)];
          }
          const other = folders.get(packageOf(from));
          return other === undefined ? [] : [`${other}${from.slice(packageOf(from).length)}.ts`];
        });
        return [`${folder}/${file.path}`, targets] as const;
      }),
    ),
  );
  return cycles(graph)
    .filter((files) => !files.every((file) => allowed.some((folder) => file.startsWith(folder))))
    .map((files) => `${files.join(' → ')} import each other: move what they share into a file of its own`);
}

/** Strongly connected components with several nodes (Tarjan). */
function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const index = order.size;
    order.set(node, index);
    stack.push(node);
    let low = index;
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) {
        continue;
      }
      if (!order.has(next)) {
        low = Math.min(low, visit(next));
      } else if (stack.includes(next)) {
        low = Math.min(low, order.get(next) ?? low);
      }
    }
    lowest.set(node, low);
    if (low === index) {
      const part = stack.splice(stack.indexOf(node));
      if (part.length > 1) {
        found.push(part);
      }
    }
    return low;
  };
  for (const node of graph.keys()) {
    if (!order.has(node)) {
      visit(node);
    }
  }
  return found;
}
