import { shellWord } from '@meho/contract/audit-log/psql';

export interface Tools {
  readonly kubectl: string;
  readonly helm: string;
}

/** For a shell: each word means itself. */
export function shellCommand(...words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,-][\w./:=@%+,~-]*$/.test(word) ? word : shellWord(word))).join(' ');
}

/** How to look at a cluster, or at namespaces of it. */
export function lookCommands(
  kubeconfig: string,
  { kubectl, helm }: Tools,
  namespaces: readonly string[] = [],
): readonly string[] {
  const places = namespaces.length === 0 ? [['--all-namespaces']] : namespaces.map((name) => ['--namespace', name]);
  return places.flatMap((place) => [
    shellCommand(kubectl, '--kubeconfig', kubeconfig, ...place, 'get', 'pods,jobs,events'),
    shellCommand(helm, '--kubeconfig', kubeconfig, ...place, 'list', '--all'),
  ]);
}
