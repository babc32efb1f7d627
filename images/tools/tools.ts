import type { GoTarget } from '../builder/go-program.ts';
import { kubernetesLdflags } from '../recipes/node/parts.ts';

export interface ToolSpec {
  readonly versionArguments: readonly string[];
  readonly accepted: string;
  readonly build: GoTarget;
}

const helm = 'v4.3.1';

/** Pinned by go.mod in each module folder. */
export const tools = {
  helm: {
    versionArguments: ['version', '--template', '{{.Version}}'],
    // 3.18.0 to 3.18.4 word schema refusals differently, or not at all.
    accepted: '>=3.18.5 <5',
    build: {
      moduleFolder: 'tools/helm',
      package: 'helm.sh/helm/v4/cmd/helm',
      ldflags: `-s -w -X helm.sh/helm/v4/internal/version.version=${helm} -X helm.sh/helm/v4/internal/version.gitTreeState=clean`,
    },
  },
  kubectl: {
    versionArguments: ['version', '--client', '--output=yaml'],
    // Kubernetes supports one minor version of skew; the node is 1.34.
    accepted: '>=1.33.0 <1.36',
    build: { moduleFolder: 'recipes/node/kube', package: 'k8s.io/kubernetes/cmd/kubectl', ldflags: kubernetesLdflags },
  },
  kubeconform: {
    versionArguments: ['-v'],
    accepted: '>=0.6.7 <1',
    build: {
      moduleFolder: 'tools/kubeconform',
      package: 'github.com/yannh/kubeconform/cmd/kubeconform',
      ldflags: '-s -w -X main.version=v0.7.0',
    },
  },
  actionlint: {
    versionArguments: ['-version'],
    accepted: '>=1.7.7 <2',
    build: {
      moduleFolder: 'tools/actionlint',
      package: 'github.com/rhysd/actionlint/cmd/actionlint',
      ldflags: '-s -w -X github.com/rhysd/actionlint.version=1.7.12',
    },
  },
} as const satisfies Record<string, ToolSpec>;

export type ToolName = keyof typeof tools;
