import path from 'node:path';
import { readSettings, type Settings } from '@meho/core/config';
import { repositoryRoot } from '@meho/core/repository';
import { requestedRun, runByHand } from '@meho/core/runs/requested-run';
import type { NodeChoice } from '@meho/images/catalog';
import type { ResolvedImage } from '@meho/images/image';
import type { ExternalServices } from '../../services/external-services.ts';
import type { ValueFit } from '../trust/value-fit.ts';

/** Written by a command, read by the suites. Holds no secrets. */
export interface EnvironmentRequest extends NodeChoice {
  readonly settings: Settings;
  /** Set on every container, network, volume and namespace, for clean-up. */
  readonly labels: Readonly<Record<string, string>>;
  readonly artefacts: string;
  /** Private folder that goes with the command that asked. */
  readonly scratch?: string;
  readonly subject: SubjectRequest;
  /** An existing cluster; absent for a managed one. */
  readonly cluster?: ExistingCluster;
  /** The shared state of a managed cluster that another process owns; absent: the run starts one. */
  readonly foundation?: string;
  /** Releases stay when their stories are over. */
  readonly keep?: boolean;
  /** Waits on the terminal after each failed story. */
  readonly pauseOnFail?: boolean;
  /** Whether the command removes labelled objects: faster, and works even after a kill. */
  readonly ownerCleansUp: boolean;
}

export interface ExistingCluster {
  /** A path, because the content is secret. */
  readonly kubeconfig: string;
  readonly context: string;
  readonly services: AdjacentServices | ExternalServices;
  readonly ingress: ExistingIngress;
  /** A site's host is `<namespace>.<domain>`. */
  readonly domain: string;
  /** ClusterRole bound to our identity in each namespace, if it has no rights there. */
  readonly bindRole?: string;
}

/** Started on the Docker network of the nodes. */
export interface AdjacentServices {
  readonly network: { readonly name: string; readonly id: string };
}

export interface ExistingIngress {
  /** Absent: the default class, or the only one. */
  readonly className?: string;
  /** Used in NetworkPolicy; absent: namespace of the class's helm release, else the subject's values decide. */
  readonly namespace?: string;
  /** Address for every host, as reached from this machine. */
  readonly address: { readonly host: string; readonly port: number };
  /** Authorities (PEM) of the cluster's certificates; absent: sites bring their own. */
  readonly trust?: string;
}

export interface SubjectRequest {
  /** Folder, packed chart or `oci://` reference. */
  readonly chart: string;
  /** Apply between the cluster's files and the environment's values. */
  readonly valuesFiles: readonly string[];
  /** Absent: the reference backplane of this work tree. */
  readonly image: SubjectImage | undefined;
  readonly release: string;
  /** Namespace of the cold install, prefix for other sites; absent: fresh names. */
  readonly namespace?: string;
  /** YAML file with objects needed beforehand. */
  readonly objects?: string;
  /** Absent for our own chart, which takes everything. */
  readonly fit?: ValueFit;
}

interface SubjectImage {
  readonly reference: string;
  readonly gitSha: string;
  /** The image in the local engine, to be loaded onto a managed cluster. */
  readonly local?: ResolvedImage;
}

export const ownChart = path.join(repositoryRoot, 'charts', 'meho');
/** For the managed cluster. */
export const embeddedClusterValues = path.join(repositoryRoot, 'charts', 'values', 'k3s.yaml');

export const ownSubject: SubjectRequest = { chart: ownChart, valuesFiles: [], image: undefined, release: 'meho' };

/** Reads the command's request; for a spec run by hand returns defaults. */
export function readRequest(defaultLabels: Readonly<Record<string, string>>): EnvironmentRequest {
  return (
    requestedRun<EnvironmentRequest>() ?? {
      settings: readSettings(),
      ...runByHand(defaultLabels),
      subject: ownSubject,
      ownerCleansUp: false,
    }
  );
}
