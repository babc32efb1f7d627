import { hostOf } from '../flags/fleet-flags.ts';
import { httpsHost } from '../flags/values.ts';
import type { FoundRelease } from './find-releases.ts';

/** One release by one of its hosts. */
export interface FleetMember {
  readonly cluster: string;
  readonly namespace: string;
  readonly release: string;
  readonly host?: URL;
  /** Why there is no host. */
  readonly hostProblem?: string;
  readonly expectedGitSha?: string;
  readonly connectTo?: { readonly host: string; readonly port: number };
}

export interface MemberOptions {
  /** `--host` */
  readonly template: string | undefined;
  /** Known without a look at Ingresses. */
  readonly host?: FleetMember['host'];
  readonly expectedGitSha: string | undefined;
  readonly connectTo: FleetMember['connectTo'];
}

/** A release that several hosts publish is asked by each. */
export function membersOf(
  cluster: string,
  { namespace, release, hosts }: Pick<FoundRelease, 'namespace' | 'release' | 'hosts'>,
  { template, host: known, expectedGitSha, connectTo }: MemberOptions,
): readonly FleetMember[] {
  const base = {
    ...{ cluster, namespace, release },
    ...(expectedGitSha === undefined ? {} : { expectedGitSha }),
    ...(connectTo === undefined ? {} : { connectTo }),
  };
  if (known !== undefined) {
    return [{ ...base, host: known }];
  }
  if (template !== undefined) {
    const host = hostOf(template, { cluster, namespace, release });
    return [
      host === undefined ? { ...base, hostProblem: `--host ${template} makes none of its names` } : { ...base, host },
    ];
  }
  if (hosts.length === 0) {
    return [base];
  }
  return hosts.map((text) => {
    const host = httpsHost(text);
    return host instanceof URL
      ? { ...base, host }
      : { ...base, hostProblem: `its Ingress names ${text}, which is none` };
  });
}

/** E.g. `lab-a/meho/meho`, with the host where it has several. */
export function nameOf(
  { cluster, namespace, release, host }: Omit<FleetMember, 'connectTo'>,
  hasSeveralHosts: boolean,
): string {
  const name = `${cluster}/${namespace}/${release}`;
  return hasSeveralHosts && host !== undefined ? `${name} at ${host.host}` : name;
}
