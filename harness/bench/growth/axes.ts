import { contexts } from './axes/contexts.ts';
import { namespaceAxes } from './axes/namespaces.ts';
import { policies } from './axes/policies.ts';
import { pullRequestAxes } from './axes/pull-requests.ts';
import { revisionAxes } from './axes/revisions.ts';
import type { Axis } from './axis.ts';

export const axes: readonly Axis[] = [...namespaceAxes, ...revisionAxes, ...pullRequestAxes, policies, contexts];
