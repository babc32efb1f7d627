/**
 * How an image is built where no registry has it: a Debian root file system, Go programs, npm packages and files,
 * put together on nothing. A recipe is data; its hash, with the contents of the files it names, is the image's tag.
 */
export interface ImageRecipe {
  /** Root file system made by mmdebstrap; cached by itself, so that files can change without making it anew. */
  readonly rootfs?: DebianRootfs;
  readonly programs?: readonly GoProgram[];
  readonly files?: readonly RecipeFile[];
  readonly config: ImageConfig;
}

export interface DebianRootfs {
  readonly suite: 'trixie' | 'sid';
  readonly packages: readonly string[];
  /** Paths that are removed from the root file system (docs, caches), as mmdebstrap's path-exclude takes them. */
  readonly exclude?: readonly string[];
}

export interface GoProgram {
  /** Folder with go.mod and go.sum, relative to `harness/images/`, e.g. `node/kube`. */
  readonly moduleFolder: string;
  /** What to build: `.` or an import path, e.g. `github.com/cilium/cilium/daemon`. */
  readonly package: string;
  readonly tags?: readonly string[];
  readonly ldflags?: string;
  /** Where the program is in the image, e.g. `/usr/local/bin/kube`. */
  readonly path: string;
}

export type RecipeFile =
  /** A file or folder of the repository, relative to `harness/images/`. */
  | { readonly from: string; readonly to: string; readonly mode?: number }
  /** A folder of a Go module that one of the recipe's go.mod files requires, as the module cache holds it. */
  | {
      readonly fromModule: { readonly moduleFolder: string; readonly module: string; readonly folder: string };
      readonly to: string;
    }
  /** Another image of the catalog, as a `docker save` tarball. */
  | { readonly fromImage: string; readonly to: string }
  /** Text made by the recipe. */
  | { readonly text: string; readonly to: string; readonly mode?: number }
  | { readonly link: string; readonly to: string }
  /** The output of a step that only TypeScript can do (e.g. a bundle); its key goes into the hash. */
  | {
      readonly key: string;
      readonly make: (folder: string) => Promise<string>;
      readonly to: string;
      readonly mode?: number;
    };

export interface ImageConfig {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  readonly exposedPorts?: readonly string[];
  readonly volumes?: readonly string[];
}
