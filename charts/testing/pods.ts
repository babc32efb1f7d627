import type { V1Container, V1Deployment, V1Job, V1PodSpec } from '@kubernetes/client-node';
import type { Rendered } from './chart.ts';

export interface Pod extends V1PodSpec {
  /** Each of the chart's pods has one. */
  readonly container: V1Container;
}

export function podsOf(chart: Rendered): Readonly<Record<'backplane' | 'migrate' | 'broadcast', Pod>> {
  const pod = (kind: 'Deployment' | 'Job', name: string): Pod => {
    const spec = chart.get<V1Deployment | V1Job>(kind, name).spec?.template.spec;
    const container = spec?.containers[0];
    if (spec === undefined || spec === null || container === undefined || spec.containers.length > 1) {
      throw new Error(`expected ${kind} ${name} to have one container`);
    }
    return { ...spec, container };
  };
  return {
    backplane: pod('Deployment', 'meho'),
    migrate: pod('Job', 'meho-migrate'),
    broadcast: pod('Deployment', 'meho-broadcast'),
  };
}

export const environmentOf = ({ env }: V1Container, name: string): string | undefined =>
  env?.find((entry) => entry.name === name)?.value;
