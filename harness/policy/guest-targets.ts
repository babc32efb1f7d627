import type { SourceId } from './scene.ts';
import type { Ports } from './target-list.ts';

/** Pods that a rule which is a bit too wide would open, or be open to. */
export const guestTargets: readonly (readonly [SourceId, readonly Ports[]])[] = [
  [
    'bystander',
    [
      [6379, 'TCP'],
      [8000, 'TCP'],
      [5432, 'TCP'],
      [53, 'UDP'],
    ],
  ],
  // On the broadcast's port before all.
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

export const guestTitles: Partial<Record<SourceId, string>> = {
  bystander: 'bare pod beside it',
  'would-be-broadcast': 'pod labelled like the broadcast, which is switched off',
  migration: "pod with the migration's labels",
  stranger: 'pod elsewhere, labelled like cluster DNS',
  impostor: "pod elsewhere with the backplane's labels",
  twin: "pod elsewhere with the broadcast's labels",
};
