import { stringify } from 'yaml';
import type { KubeconfigFixture } from './kubeconfig-fixture.ts';

export interface KubeconfigCase {
  readonly name: string;
  /** By path. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** KUBECONFIG's files; `config` alone where absent. */
  readonly list?: readonly string[];
  /** For `--kubeconfig`. */
  readonly explicit?: string;
  readonly context?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What our refusal must name. Otherwise kubectl and we must agree. */
  readonly refused?: string;
  /** What both say when they don't get through, which is no fault of the kubeconfig's text. */
  readonly fails?: string;
  /** We refuse what kubectl takes; the reason stands beside it. */
  readonly kubectlTakes?: string;
}

export const SECRET = 'canary-5f0c9e61';

export const base64 = (text: string) => Buffer.from(text).toString('base64');

export function kubeconfig(fixture: KubeconfigFixture, user: object, cluster: object = {}, more: object = {}): string {
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'lab',
          cluster: {
            server: fixture.server,
            'certificate-authority-data': base64(fixture.authority.certificatePem),
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

export function single(
  name: string,
  config: string | Uint8Array,
  more: Partial<Omit<KubeconfigCase, 'name'>> = {},
): KubeconfigCase {
  return { name, ...more, files: { config, ...more.files } };
}
