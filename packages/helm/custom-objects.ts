import { asGoYaml } from '@meho/kube/go-yaml';
import { listedObjects } from '@meho/kube/listed-objects';
import { parseAllDocuments } from 'yaml';
import type { Revision } from './record.ts';

export interface CustomObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As rendered; defaults to the release's, if namespaced. */
  readonly namespace?: string;
}

/** On every API server; other `.k8s.io` groups are projects', e.g. the Gateway API. */
const builtIn = new Set([
  ...['apps', 'batch', 'autoscaling', 'policy', 'extensions', 'networking.k8s.io', 'rbac.authorization.k8s.io'],
  ...['storage.k8s.io', 'coordination.k8s.io', 'discovery.k8s.io', 'events.k8s.io', 'node.k8s.io', 'resource.k8s.io'],
  ...['scheduling.k8s.io', 'certificates.k8s.io', 'admissionregistration.k8s.io', 'apiextensions.k8s.io'],
  ...['apiregistration.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'flowcontrol.apiserver.k8s.io'],
]);

/** Without hooks: of those Helm waits only for Jobs and pods. Unreadable documents are skipped. */
export function customObjects({ manifest = '' }: Revision): readonly CustomObject[] {
  return parseAllDocuments(manifest, asGoYaml)
    .flatMap((document) => (document.errors.length > 0 ? [] : listedObjects(document.toJS())))
    .flatMap((object) => {
      const { apiVersion = '', kind, metadata } = (object ?? {}) as Rendered;
      const [group, version] = apiVersion.split('/');
      return version === undefined || group === undefined || builtIn.has(group) || kind === undefined
        ? []
        : [
            {
              apiVersion,
              kind,
              name: metadata?.name ?? '',
              ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
            },
          ];
    });
}

interface Rendered {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}
