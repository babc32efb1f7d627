import { defaulted, optional, repeated, type ValuesOf } from '@meho/core/command-line/flags';
import { flagVariables } from '@meho/core/config/flag-variables';
import { commit, releaseName } from '@meho/verifiers/flags/values';
import { ownSubject } from '../../release/environment/request.ts';
import { chart, chartVersion, imageReference, installNamespace, objects, valuesFile } from './subject-values.ts';

export const subjectFlags = {
  image: optional('REF', 'the image that is judged instead of the reference backplane', imageReference),
  'git-sha': optional(
    'SHA',
    "the commit that the image's /version has to name; by default what its label org.opencontainers.image.revision says",
    commit,
  ),
  chart: defaulted('PATH|oci://…', 'the chart that is judged', chart, ownSubject.chart, 'charts/meho'),
  'chart-version': optional('VERSION', 'version of a chart in a registry; the newest where absent', chartVersion),
  values: repeated('FILE', 'values for the chart, below what the environment itself has to set', valuesFile),
  objects: optional(
    'FILE',
    'Secrets, ConfigMaps and ServiceAccounts that the release needs in its namespace, as YAML',
    objects,
  ),
  release: defaulted('NAME', 'name of the Helm release', releaseName, ownSubject.release),
  namespace: optional('NAME', 'namespace of the cold install; further ones are called NAME-…', installNamespace),
};

export type SubjectValues = ValuesOf<typeof subjectFlags>;

const meanings = {
  image: 'stands for --image',
  'git-sha': 'stands for --git-sha',
  chart: 'stands for --chart',
  values: "stands for --values; several files with the platform's path separator between them",
  objects: 'stands for --objects',
  release: 'stands for --release',
  namespace: 'stands for --namespace',
} as const satisfies Partial<Record<keyof typeof flagVariables, string>>;

export const subjectVariables: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(meanings).map(([flag, meaning]) => [flagVariables[flag as keyof typeof meanings], meaning]),
);

export function subjectProblems(values: Partial<SubjectValues>): readonly string[] {
  const isRemote = values.chart?.startsWith('oci://') === true;
  return [
    ...(values['git-sha'] !== undefined && values.image === undefined
      ? ['--git-sha: it says which commit --image is built from, and there is no --image']
      : []),
    ...(values['chart-version'] !== undefined && !isRemote
      ? ['--chart-version: a folder or packed chart has one version; it goes with --chart oci://…']
      : []),
  ];
}
