import type { Ports } from './target-list.ts';
import type { SourceId } from './topology.ts';

/** Pods that a slightly too wide rule would open. */
export const probePodTargets: readonly (readonly [SourceId, readonly Ports[]])[] = [
  [
    'bystander',
    [
      [6379, 'TCP'],
      [8000, 'TCP'],
      [5432, 'TCP'],
      [53, 'UDP'],
    ],
  ],
  // Above all on the broadcast's port.
  ['would-be-broadcast', [[8000, 'TCP']]],
  [
    'migration',
    [
      [8000, 'TCP'],
      [6379, 'TCP'],
    ],
  ],
  [
    'stranger',
    [
      [53, 'UDP'],
      [53, 'TCP'],
      [443, 'TCP'],
      [8000, 'SCTP'],
    ],
  ],
  [
    'impostor',
    [
      [8000, 'TCP'],
      [6379, 'TCP'],
    ],
  ],
  [
    'twin',
    [
      [6379, 'TCP'],
      [8200, 'TCP'],
    ],
  ],
];

export const probePodTitles: Partial<Record<SourceId, string>> = {
  bystander: 'bare pod beside it',
  'would-be-broadcast': 'pod labelled like the broadcast, which is switched off',
  migration: "pod with the migration's labels",
  stranger: 'pod elsewhere, labelled like cluster DNS',
  impostor: "pod elsewhere with the backplane's labels",
  twin: "pod elsewhere with the broadcast's labels",
};
