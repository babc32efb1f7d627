import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { oldestGo } from './builder/go-program.ts';
import { type CatalogEntry, catalog, type ImageName, nodeImage, wholeCatalog } from './catalog.ts';
import { runtimeGo } from './engine/bounding-set.ts';
import type { GoProgram } from './recipe.ts';
import { defaultKubernetes, type KubernetesVersion, kubeModule, kubernetesVersions } from './recipes/node/versions.ts';
import { otherHelms } from './tools/helm-versions.ts';
import { schemaVersions } from './tools/kubernetes-schemas.ts';
import { policyPrograms } from './tools/pod-security.ts';
import { registryProgram } from './tools/registry.ts';
import { type ToolSpec, tools } from './tools/tools.ts';

const read = (...place: readonly string[]) => readFileSync(path.join(import.meta.dirname, ...place), 'utf8');

/** The text of a folder's go.mod. */
type Modules = (folder: string) => string;
const modules: Modules = (folder) => read(folder, 'go.mod');

/** Another release of each module: what a bump in go.mod alone looks like. */
const bumped: Modules = (folder) => modules(folder).replaceAll(/ v(\d+)\.(\d+)\.(\d+)/g, ' v$1.9$2.$3');

function versionOf(goMod: string, module: string): string | undefined {
  const version = new RegExp(`^(?:require)?\\s*${module} v(\\S+)`, 'm').exec(goMod)?.[1];
  // Kubernetes numbers its libraries 0.34.4 in release 1.34.4.
  return module.startsWith('k8s.io/') ? version?.replace(/^0\./, '1.') : version;
}

/** Versions that a program is linked to say, by the symbol they are written into. */
function linkedVersions({ ldflags = '' }: Pick<GoProgram, 'ldflags'>): readonly (readonly [string, string])[] {
  return [...ldflags.matchAll(/-X (\S+)=v?(\d+\.\d+\.\d+)/g)].map(([, symbol = '', version = '']) => [symbol, version]);
}

/** Undefined where each is that of the module which has the symbol, or the program if it is `main`'s. */
function linkProblem(program: Omit<GoProgram, 'path'>, folder: string, from: Modules): string | undefined {
  const goMod = from(folder);
  const required = [...goMod.matchAll(/^(?:require)?\s*(\S+\.\S+\/\S+) v/gm)].map(([, module = '']) => module);
  const problems = linkedVersions(program).flatMap(([symbol, version]) => {
    const place = symbol.startsWith('main.') ? program.package : symbol;
    const module =
      required.filter((each) => place.startsWith(each)).toSorted((a, b) => b.length - a.length)[0] ?? place;
    const built = versionOf(goMod, module);
    return built === version ? [] : [`${symbol} says ${version}, and ${folder}/go.mod has ${module} ${built}`];
  });
  return problems[0];
}

describe('programs say the version that is built', async () => {
  const recipes = await Promise.all(Object.values<CatalogEntry>(catalog).map(({ recipe }) => recipe()));
  const programs = [
    ...recipes.flatMap((recipe) =>
      (recipe.programs ?? []).map((each) => [`recipes/${each.moduleFolder}`, each] as const),
    ),
    ...Object.values<ToolSpec>(tools).map(({ build }) => [build.moduleFolder, build] as const),
    [registryProgram.moduleFolder, registryProgram] as const,
  ].filter(([, program]) => linkedVersions(program).length > 0);

  test('of Kubernetes, Cilium, CoreDNS, Skipper, helm, kubectl, kubeconform, actionlint and the registry', () => {
    expect(new Set(programs.map(([folder]) => folder.split('/').at(-1)))).toEqual(
      new Set(['kube', 'cilium', 'coredns', 'skipper', 'helm', 'kubeconform', 'actionlint', 'registry']),
    );
  });

  test.for(programs)('%s', ([folder, program]) => {
    expect(linkProblem(program, folder, modules)).toBeUndefined();
    expect(linkProblem(program, folder, bumped)).toMatch(/ says \d.*, and .*go\.mod has /);
  });

  test('of Kubernetes also by its parts', () => {
    const [major, minor] = versionOf(modules('recipes/node/kube'), 'k8s.io/kubernetes')?.split('.') ?? [];
    const { ldflags } = tools.kubectl.build;
    expect(ldflags).toContain(`.gitMajor=${major} `);
    expect(ldflags).toContain(`.gitMinor=${minor} `);
  });
});

describe('each version of Kubernetes that can be asked for', () => {
  /** Of the file that a version is built by, and of the sums beside it. */
  const textOf = (version: KubernetesVersion) => {
    const { moduleFolder, modFile = 'go.mod' } = kubeModule(version);
    return [modFile, modFile.replace(/\.mod$/, '.sum')].map((file) => read('recipes', moduleFolder, file));
  };

  test.for(kubernetesVersions)(
    '%s is required by what it is built by, and its libraries are of the same release',
    (version) => {
      const [mod = '', sum = ''] = textOf(version);
      expect(versionOf(mod, 'k8s.io/kubernetes')).toBe(version);
      const libraries = [...mod.matchAll(/^\t(k8s\.io\/\S+) => \S+ v0\.(\S+)$/gm)].map(([, , library]) => library);
      expect(libraries.length).toBeGreaterThan(25);
      expect(new Set(libraries)).toEqual(new Set([version.slice('1.'.length)]));
      expect(sum).toContain(`k8s.io/kubernetes v${version} h1:`);
      expect(mod).not.toMatch(/=> \.\/staging/);
    },
  );

  test('has a file only where it is in the table', () => {
    const files = globSync('recipes/node/kube*/versions/*.mod', { cwd: import.meta.dirname });
    const built = kubernetesVersions.flatMap((version) => {
      const { moduleFolder, modFile } = kubeModule(version);
      return modFile === undefined ? [] : [`recipes/${moduleFolder}/${modFile}`];
    });
    expect(files.toSorted()).toEqual(built.toSorted());
  });

  test.for(kubernetesVersions)('%s is what the node says and what the registry is asked for', async (version) => {
    for (const node of ['cilium', 'k3s'] as const) {
      const { registry, recipe } = wholeCatalog[nodeImage({ node, kubernetes: version })];
      expect(registry).toBe(`rancher/k3s:v${version}-k3s1`);
      const [kube] = (await recipe()).programs ?? [];
      expect(linkedVersions(kube ?? {})).toEqual([['k8s.io/component-base/version.gitVersion', version]]);
    }
  });

  test('differs in that program alone, so that a second one builds nothing else', async () => {
    for (const node of ['cilium', 'k3s'] as const) {
      const [one, other] = await Promise.all(
        ([defaultKubernetes, '1.37.2'] as const).map((kubernetes) =>
          wholeCatalog[nodeImage({ node, kubernetes })].recipe(),
        ),
      );
      expect({ ...other, programs: other?.programs?.slice(1) }).toEqual({ ...one, programs: one?.programs?.slice(1) });
      expect(other?.programs?.[0]).not.toEqual(one?.programs?.[0]);
    }
  });
});

describe('what a registry gives is what is built instead', () => {
  const given = (name: ImageName) => {
    const { registry } = wholeCatalog[name];
    return /:v?(\d+\.\d+(?:\.\d+)?)/.exec(registry ?? '')?.[1];
  };

  test.for([
    ['node', 'recipes/node/kube', 'k8s.io/kubernetes'],
    ['node-k3s', 'recipes/node/kube', 'k8s.io/kubernetes'],
    ['skipper', 'recipes/skipper', 'github.com/zalando/skipper'],
    ['vault', 'recipes/vault', 'github.com/hashicorp/vault'],
  ] as const)('%s', ([name, folder, module]) => {
    expect(given(name)).toBe(versionOf(modules(folder), module));
    expect(given(name)).not.toBe(versionOf(bumped(folder), module));
  });

  /**
   * By minor of Kubernetes: the agnhost of its sources, test/images/agnhost/VERSION, as built; the pause and CoreDNS that
   * it installs, build/dependencies.yaml. Ours are a program of our own and a later CoreDNS: neither is judged, and only a
   * node that is built has them.
   */
  const companions: Readonly<Record<string, object>> = {
    '1.34': { agnhost: '2.56', pause: '3.10.1', coredns: '1.12.1' },
  };
  const companionsOf = (from: Modules) =>
    companions[versionOf(from('recipes/node/kube'), 'k8s.io/kubernetes')?.split('.').slice(0, 2).join('.') ?? ''];

  test('agnhost, pause and CoreDNS are those of the Kubernetes that is built', () => {
    expect({ agnhost: given('agnhost'), pause: given('pause'), coredns: given('coredns') }).toEqual(
      companionsOf(modules),
    );
    expect(companionsOf(bumped)).toBeUndefined();
  });

  test('Postgres: the major version', async () => {
    const major = /-pg(\d+)$/.exec(catalog.postgres.registry)?.[1];
    const { rootfs } = await catalog.postgres.recipe();
    expect(rootfs?.packages).toEqual([`postgresql-${major}`, `postgresql-${major}-pgvector`]);
  });

  test('what is said of Vault', () => {
    const version = versionOf(modules('recipes/vault'), 'github.com/hashicorp/vault');
    const said = [...read('recipes/vault/README.md').matchAll(/\d+\.\d+\.\d+/g)].map(([each]) => each);
    expect(new Set(said)).toEqual(new Set([version]));
  });
});

describe('a tool that is built is one that is accepted', () => {
  const builtBy = ({ build }: ToolSpec, from: Modules) => {
    const [symbol] = build.package.split('/cmd/');
    return versionOf(from(build.moduleFolder), symbol ?? '') ?? '';
  };

  test.for(Object.entries<ToolSpec>(tools))('%s', ([, spec]) => {
    expect(semver.satisfies(builtBy(spec, modules), spec.accepted)).toBe(true);
    const later: Modules = (folder) => modules(folder).replaceAll(/ v\d+\./g, ' v99.');
    expect(semver.satisfies(builtBy(spec, later), spec.accepted)).toBe(false);
  });

  test('kubectl: a minor version before and after the one that is built', () => {
    const { major, minor } = new semver.SemVer(builtBy(tools.kubectl, modules));
    expect(tools.kubectl.accepted).toBe(`>=${major}.${minor - 1}.0 <${major}.${minor + 2}`);
  });

  test('helm: the oldest of those that are tried is the oldest accepted, and all are', () => {
    expect(otherHelms.filter((version) => !semver.satisfies(version, tools.helm.accepted))).toEqual([]);
    expect(otherHelms[0]).toBe(semver.minVersion(tools.helm.accepted)?.version);
  });
});

describe('versions of Kubernetes that the chart is held to', () => {
  const minorOf = (version: string | undefined) => version?.split('.').slice(0, 2).join('.');
  const first = minorOf(policyPrograms[0]?.versions[0]);
  const last = minorOf(policyPrograms.at(-1)?.versions.at(-1));

  test('go from the floor of the chart to the newest, without a gap', () => {
    const chart = read('../charts/meho/Chart.yaml');
    expect(/^kubeVersion: ">=(\d+\.\d+)\./m.exec(chart)?.[1]).toBe(first);
    expect(schemaVersions.map(minorOf)).toEqual([first, last]);
    const minors = policyPrograms.flatMap(({ versions }) => versions.map((version) => Number(version.split('.')[1])));
    expect(minors).toEqual(minors.map((_, index) => (minors[0] ?? 0) + index));
  });

  test.for(policyPrograms)('policies of $versions are linked', ({ moduleFolder, versions }) => {
    const text = modules(moduleFolder);
    const newest = minorOf(versionOf(text, 'k8s.io/pod-security-admission'));
    const renamed = [...text.matchAll(/meho\.local\/policy-(\S+) => k8s\.io\/pod-security-admission v0\.(\d+)\./g)];
    expect([...renamed.map(([, name]) => name), newest]).toEqual(versions);
    expect(renamed.map(([, name, minor]) => name === `1.${minor}`)).not.toContain(false);
  });
});

describe('the Go that is asked for is the newest that a module needs', () => {
  const goOf = (text: string) => Number(/^go 1\.(\d+)/m.exec(text)?.[1]);

  test('to build images and tools', () => {
    const places = globSync('{recipes,tools}/**/go.mod', { cwd: import.meta.dirname });
    const minors = places.map((place) => goOf(read(place)));
    expect(minors.length).toBeGreaterThan(20);
    expect(oldestGo).toBe(`1.${Math.max(...minors)}`);
    expect(oldestGo).not.toBe(`1.${Math.max(...minors, goOf('module x\n\ngo 1.99.0\n'))}`);
  });

  test('to build the second deployment', () => {
    expect(goOf(read('../apps/second-deployment/backplane/go.mod'))).toBeLessThanOrEqual(Number(oldestGo.slice(2)));
  });

  test('to build the container runtime of a private engine', () => {
    expect(runtimeGo).toBe(`1.${goOf(modules('engine/runtime'))}`);
  });
});
