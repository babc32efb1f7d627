import { stringify } from 'yaml';
import type { World } from './kubeconfig-world.ts';

/** One way in which kubeconfigs are written, and what is made of it. */
export interface KubeconfigCase {
  readonly name: string;
  /** By their path in the case's folder. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** KUBECONFIG's files; `config` alone where absent. */
  readonly list?: readonly string[];
  /** Of `--kubeconfig` instead of KUBECONFIG. */
  readonly explicit?: string;
  readonly context?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where we refuse: what our one line has to name. Everything else is asked by both, and alike. */
  readonly refused?: string;
  /** We refuse what kubectl takes; the reason stands beside it. */
  readonly kubectlTakes?: string;
}

export const SECRET = 'canary-5f0c9e61';

export const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A kubeconfig of one context, as text. */
export function kubeconfig(world: World, user: object, cluster: object = {}, more: object = {}): string {
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'lab',
          cluster: {
            server: world.server,
            'certificate-authority-data': base64(world.authority.certificatePem),
            ...cluster,
          },
        },
      ],
      users: [{ name: 'alice', user }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'alice' } }],
      'current-context': 'lab',
      ...more,
    },
    { version: '1.1', lineWidth: 0 },
  );
}

/** A case of one file. */
export function single(
  name: string,
  config: string | Uint8Array,
  more: Partial<Omit<KubeconfigCase, 'name'>> = {},
): KubeconfigCase {
  return { name, ...more, files: { config, ...more.files } };
}
