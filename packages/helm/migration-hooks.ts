import { asGoYaml } from '@meho/kube/go-yaml';
import { listedObjects } from '@meho/kube/listed-objects';
import { parseAllDocuments } from 'yaml';
import type { Hook, Revision } from './record.ts';

/** E.g. `app.kubernetes.io/name=meho,app.kubernetes.io/component=migrate`. */
type Selector = string;

const events = { install: /^(pre|post)-install$/, upgrade: /^(pre|post)-upgrade$/ } as const;

export interface JobHook extends Hook {
  readonly with: readonly ('install' | 'upgrade')[];
}

/** `with` is empty for hooks of only `helm test`, rollback or deletion. */
export function jobHooks({ hooks }: Revision, selector: Selector): readonly JobHook[] {
  return hooks
    .filter(({ kind, manifest }) => kind === 'Job' && jobNames(manifest ?? '', selector).length > 0)
    .map((hook) => ({
      ...hook,
      with: (['install', 'upgrade'] as const).filter((verb) => hook.events.some((event) => events[verb].test(event))),
    }));
}

/** Unreadable documents have none. */
export function jobNames(manifest: string, selector: Selector): readonly string[] {
  const wanted = selector.split(',').map((pair) => pair.split('='));
  return parseAllDocuments(manifest, asGoYaml)
    .flatMap((document) => (document.errors.length > 0 ? [] : listedObjects(document.toJS())))
    .flatMap((object) => {
      const { kind, metadata } = (object ?? {}) as RenderedObject;
      const fits = kind === 'Job' && wanted.every(([label = '', value]) => metadata?.labels?.[label] === value);
      return fits ? [metadata?.name ?? ''] : [];
    });
}

interface RenderedObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
}
