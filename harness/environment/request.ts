import { readFileSync } from 'node:fs';
import path from 'node:path';
import { environmentFile, readSettings, type Settings } from '../config.ts';
import type { ResolvedImage } from '../images/image.ts';
import { repositoryRoot } from '../repository.ts';
import type { GivenServices } from '../services/given-services.ts';
import type { SubjectFit } from './subject-fit.ts';

/** What an environment is to be: written by a command, read where the suites run. Holds no secrets. */
export interface EnvironmentRequest {
  readonly settings: Settings;
  /** On every container, network, volume and namespace; whoever clean up afterwards finds them by these. */
  readonly labels: Readonly<Record<string, string>>;
  /** Folder for what is kept of the run. */
  readonly artefacts: string;
  readonly subject: SubjectRequest;
  /** A cluster that isn't ours; one of our own where absent. */
  readonly cluster?: ForeignCluster;
  /** The command that asked removes everything with these labels at its end: quicker, and also when we are killed. */
  readonly ownerCleansUp: boolean;
}

/** A cluster that somebody else made, and what is there around it. */
export interface ForeignCluster {
  /** File with the kubeconfig, which itself is not in here: it holds credentials. */
  readonly kubeconfig: string;
  readonly context: string;
  readonly services: ServicesBeside | GivenServices;
  readonly ingress: ForeignIngress;
  /** A site is reached as `<namespace>.<domain>`. */
  readonly domain: string;
  /** ClusterRole that our identity is bound to in each namespace of ours, where it has no rights there by itself. */
  readonly bindRole?: string;
}

/** Services that we start on the Docker network which the cluster's nodes are on. */
export interface ServicesBeside {
  readonly network: { readonly name: string; readonly id: string };
}

/** The ingress controller that the cluster has. */
export interface ForeignIngress {
  /** The class marked default, or the only one, where absent. */
  readonly className?: string;
  /** For the NetworkPolicy; where absent the one of the class' helm release, else what the subject's values say. */
  readonly namespace?: string;
  /** Where this machine reaches it, for every host. */
  readonly address: { readonly host: string; readonly port: number };
  /** Authorities, in PEM, for the certificates that the cluster makes; where absent a site brings one of ours. */
  readonly trust?: string;
}

/** What is judged: a chart and an image, ours unless others are put in their place. */
export interface SubjectRequest {
  /** Folder, packed chart or `oci://` reference. */
  readonly chart: string;
  /** Values files, after those of the cluster and before what the environment itself sets. */
  readonly valuesFiles: readonly string[];
  /** The image with the commit that its `/version` has to name; the reference backplane of this work tree where absent. */
  readonly image: SubjectImage | undefined;
  readonly release: string;
  /** Namespace of the cold install, and what those of other sites begin with; a fresh name each where absent. */
  readonly namespace?: string;
  /** YAML file with what the release needs in its namespace beforehand. */
  readonly objects?: string;
  /** What a chart that isn't ours takes of what a run sets; our own takes all of it. */
  readonly fit?: SubjectFit;
}

export interface SubjectImage {
  readonly reference: string;
  readonly gitSha: string;
  /** As the engine has it, where it does: then it is brought onto the nodes of a cluster of ours. */
  readonly local?: ResolvedImage;
}

/** The chart of this repository. */
export const ownChart = path.join(repositoryRoot, 'charts', 'meho');
/** Values for the cluster that this suite starts by itself. */
export const embeddedClusterValues = path.join(repositoryRoot, 'charts', 'values', 'k3s.yaml');

export const ownSubject: SubjectRequest = { chart: ownChart, valuesFiles: [], image: undefined, release: 'meho' };

/**
 * The request of the command that runs the suites; without one (a single spec run by hand) the defaults, with the
 * artefacts below the work tree.
 */
export function readRequest(defaultLabels: Readonly<Record<string, string>>): EnvironmentRequest {
  const file = environmentFile();
  if (file !== undefined) {
    return JSON.parse(readFileSync(file, 'utf8')) as EnvironmentRequest;
  }
  return {
    settings: readSettings(),
    labels: defaultLabels,
    artefacts: path.join(repositoryRoot, 'artefacts', 'by-hand'),
    subject: ownSubject,
    ownerCleansUp: false,
  };
}
