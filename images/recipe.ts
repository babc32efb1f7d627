import type { Progress } from '@meho/core/report/progress';

/** Its hash, with the contents of its files, is the image's tag. */
export interface ImageRecipe {
  readonly rootfs?: DebianRootfs;
  readonly programs?: readonly GoProgram[];
  readonly files?: readonly RecipeFile[];
  readonly config: ImageConfig;
}

export interface DebianRootfs {
  readonly suite: 'trixie' | 'sid';
  readonly packages: readonly string[];
  /** In mmdebstrap's path-exclude format. */
  readonly exclude?: readonly string[];
}

export interface GoProgram {
  /** Relative to `images/recipes/`, e.g. `node/kube`. */
  readonly moduleFolder: string;
  /** Instead of its `go.mod`, with the `.sum` beside it: the same program of other versions. */
  readonly modFile?: string;
  /** `.` or an import path, e.g. `github.com/cilium/cilium/daemon`. */
  readonly package: string;
  readonly tags?: readonly string[];
  readonly ldflags?: string;
  /** Its C is compiled, by Debian's gcc. Link it statically: the image's C library is another. */
  readonly cgo?: true;
  /** E.g. `/usr/local/bin/kube`. */
  readonly path: string;
}

export type RecipeFile =
  /** File or folder, relative to `images/recipes/`. */
  | { readonly from: string; readonly to: string; readonly mode?: number }
  | {
      readonly fromModule: { readonly moduleFolder: string; readonly module: string; readonly folder: string };
      readonly to: string;
    }
  /** A catalog image as a `docker save` tarball. */
  | { readonly fromImage: string; readonly to: string }
  | { readonly text: string; readonly to: string; readonly mode?: number }
  | { readonly link: string; readonly to: string }
  /** For steps only TypeScript can do (e.g. a bundle); `key` enters the hash. */
  | {
      readonly key: string;
      readonly make: (folder: string, around: MakeContext) => Promise<string>;
      readonly to: string;
      readonly mode?: number;
    };

export interface MakeContext {
  /** Tar archive of the recipe's root file system, where it has one. */
  readonly rootfs: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface ImageConfig {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  readonly exposedPorts?: readonly string[];
  readonly volumes?: readonly string[];
}
