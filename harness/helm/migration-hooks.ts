import { parseAllDocuments } from 'yaml';
import { asGoYaml } from '../kube/go-yaml.ts';
import type { Hook, Revision } from './record.ts';

/** What a selector asks for, e.g. `app.kubernetes.io/name=meho,app.kubernetes.io/component=migrate`. */
type Selector = string;

const events = { install: /^(pre|post)-install$/, upgrade: /^(pre|post)-upgrade$/ } as const;

/** A Job that Helm runs as a hook: with an install, an upgrade, both, or neither. */
export interface JobHook extends Hook {
  readonly with: readonly ('install' | 'upgrade')[];
}

/** The revision's Job hooks with the labels. One that only runs with `helm test`, a rollback or a removal runs with neither. */
export function jobHooks({ hooks }: Revision, selector: Selector): readonly JobHook[] {
  return hooks
    .filter(({ kind, manifest }) => kind === 'Job' && jobNames(manifest, selector).length > 0)
    .map((hook) => ({
      ...hook,
      with: (['install', 'upgrade'] as const).filter((verb) => hook.events.some((event) => events[verb].test(event))),
    }));
}

/** Names of the Jobs with the labels in a rendered manifest. What can't be read has none. */
export function jobNames(manifest: string, selector: Selector): readonly string[] {
  const wanted = selector.split(',').map((pair) => pair.split('='));
  return parseAllDocuments(manifest, asGoYaml).flatMap((document) => {
    const object: unknown = document.errors.length > 0 ? undefined : document.toJS();
    const { kind, metadata } = (object ?? {}) as RenderedObject;
    const fits = kind === 'Job' && wanted.every(([label = '', value]) => metadata?.labels?.[label] === value);
    return fits ? [metadata?.name ?? ''] : [];
  });
}

interface RenderedObject {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
}
