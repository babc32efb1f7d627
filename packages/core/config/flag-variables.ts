import path from 'node:path';
import type { Environment } from '../config.ts';

/** Variables that replace missing flags, by flag. */
export const flagVariables = {
  image: 'MEHO_IMAGE',
  'git-sha': 'MEHO_GIT_SHA',
  chart: 'MEHO_CHART',
  values: 'MEHO_VALUES',
  objects: 'MEHO_OBJECTS',
  release: 'MEHO_RELEASE',
  namespace: 'MEHO_NAMESPACE',
  kubeconfig: 'MEHO_KUBECONFIG',
  context: 'MEHO_CONTEXT',
  services: 'MEHO_SERVICES',
} as const;

/** Separated as in PATH. */
const listVariables: ReadonlySet<string> = new Set(['MEHO_VALUES']);

/** Unchecked: the flag's parser reports problems. */
export function readFlagVariables(
  env: Environment = process.env,
): Readonly<Record<string, { readonly source: string; readonly texts: readonly string[] }>> {
  return Object.fromEntries(
    Object.entries(flagVariables).flatMap(([flag, source]) => {
      const text = env[source] ?? '';
      const texts = listVariables.has(source) ? text.split(path.delimiter) : [text];
      return text === '' ? [] : [[flag, { source, texts: texts.filter((each) => each !== '') }]];
    }),
  );
}
