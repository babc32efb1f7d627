import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { secondGitSha } from '@meho/images/recipes/second-backplane/recipe';
import { controllerName, controllerNamespace } from '../../clusters/ingress/skipper.ts';
import { installValues } from '../install-target/install-values.ts';
import { findValueFit } from '../trust/find-value-fit.ts';
import type { TrustWay } from '../trust/value-fit.ts';
import type { Environment } from './environment.ts';
import { judgedImage, splitReference } from './judged-image.ts';
import { managedClusterValues } from './managed-cluster-values.ts';
import { tagBroadcastImage } from './prepare-judged-image.ts';
import { embeddedClusterValues, type SubjectRequest } from './request.ts';

/** `closed` takes published paths only; `field` resembles charts in the field. */
export const secondCharts = {
  closed: path.join(repositoryRoot, 'apps', 'second-deployment', 'chart'),
  field: path.join(repositoryRoot, 'apps', 'second-deployment', 'field-chart'),
} as const;

export interface SecondEnvironment {
  readonly environment: Environment;
  readonly trust: TrustWay;
}

/** Gives the field chart's migration its ServiceAccount. */
export const secondObjects = path.join(repositoryRoot, 'apps', 'second-deployment', 'field-objects.yaml');

export interface SecondDeploymentOptions {
  readonly chart: string;
  readonly objects?: string;
}

/** Borrows the environment with another chart and image, to tell the contract from habits of our chart. */
export async function withSecondDeployment(
  environment: Environment,
  { chart, objects }: SecondDeploymentOptions,
  signal: AbortSignal,
): Promise<SecondEnvironment> {
  const { cluster, clusterDefaults, helm, image, openId, request, vault } = environment;
  const plain = image('second-backplane');
  const { release } = request.subject;
  const around = {
    image: splitReference(plain.reference),
    broadcastImage: splitReference(image('valkey').reference),
    ingress: { className: controllerName, namespace: controllerNamespace },
    hasTrustBundle: false,
    vault: vault.url,
    openId,
    cidrs: clusterDefaults.cidrs,
  };
  const { fit } = await findValueFit({
    ...{ helm, chart, release, signal, valuesFiles: [], groundFiles: [embeddedClusterValues] },
    ...{ image: around.image, site: installValues(around, `second.${clusterDefaults.domain}`) },
    ...{ hasTrustBundle: clusterDefaults.trustBundle !== undefined, imageCanTrust: true, trustObjects: [] },
  });
  const wanted: SubjectRequest = {
    ...request.subject,
    chart,
    valuesFiles: [],
    fit,
    ...(objects === undefined ? {} : { objects }),
  };
  const ready = await environment.podImage(plain, wanted);
  await cluster.loadImages([ready]);
  await tagBroadcastImage(cluster, wanted, image('valkey'));
  const subject: SubjectRequest = { ...wanted, image: { reference: ready.reference, gitSha: secondGitSha } };
  const valuesFiles = await managedClusterValues(subject, `second-${path.basename(chart)}`, request.labels);
  return {
    environment: {
      ...environment,
      request: { ...request, subject },
      judged: await judgedImage(subject, ready),
      clusterDefaults: { ...clusterDefaults, valuesFiles },
      [Symbol.asyncDispose]: async () => undefined,
    },
    trust: fit.trust,
  };
}
