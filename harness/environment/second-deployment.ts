import path from 'node:path';
import { secondGitSha } from '../images/second-backplane/recipe.ts';
import { controllerName, controllerNamespace } from '../ingress/skipper.ts';
import { repositoryRoot } from '../repository.ts';
import type { Environment } from './environment.ts';
import { fitSubject } from './fit-subject.ts';
import { groundValues } from './ground-values.ts';
import { judgedImage, splitReference } from './judged-image.ts';
import { nameBroadcast } from './judged-on-nodes.ts';
import { embeddedClusterValues, type SubjectRequest } from './request.ts';
import { siteValues } from './site-values.ts';
import type { TrustWay } from './subject-fit.ts';

/** Its charts: one with the published paths and no other, and one as charts in the field are. */
export const secondCharts = {
  closed: path.join(repositoryRoot, 'fixtures', 'second-deployment', 'chart'),
  field: path.join(repositoryRoot, 'fixtures', 'second-deployment', 'field-chart'),
} as const;

export interface SecondEnvironment {
  readonly environment: Environment;
  /** How its pods come to trust the authorities of Vault and the OpenID provider. */
  readonly trust: TrustWay;
}

/** What that chart gets, so that its migration finds the release's ServiceAccount. */
export const secondObjects = path.join(repositoryRoot, 'fixtures', 'second-deployment', 'field-objects.yaml');

export interface SecondChoice {
  readonly chart: string;
  /** As `--objects` names them. */
  readonly objects?: string;
}

/**
 * The same cluster and services with another chart and image in the place of ours: what tells a promise of the contract
 * from a habit of our own chart. Borrowed: whoever started the environment removes it.
 */
export async function withSecondDeployment(
  environment: Environment,
  { chart, objects }: SecondChoice,
  signal: AbortSignal,
): Promise<SecondEnvironment> {
  const { cluster, ground, helm, image, openId, request, vault } = environment;
  const plain = image('second-backplane');
  const { release } = request.subject;
  const around = {
    image: splitReference(plain.reference),
    broadcastImage: splitReference(image('valkey').reference),
    ingress: { className: controllerName, namespace: controllerNamespace },
    hasTrustBundle: false,
    vault: vault.url,
    openId,
    cidrs: ground.cidrs,
  };
  const { fit } = await fitSubject({
    ...{ helm, chart, release, signal, valuesFiles: [], groundFiles: [embeddedClusterValues] },
    ...{ image: around.image, site: siteValues(around, `second.${ground.domain}`) },
    ...{ hasTrustBundle: ground.trustBundle !== undefined, imageCanTrust: true, trustObjects: [] },
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
  await nameBroadcast(cluster, wanted, image('valkey'));
  const subject: SubjectRequest = { ...wanted, image: { reference: ready.reference, gitSha: secondGitSha } };
  const valuesFiles = await groundValues(subject, `second-${path.basename(chart)}`, request.labels);
  return {
    environment: {
      ...environment,
      request: { ...request, subject },
      judged: await judgedImage(subject, ready),
      ground: { ...ground, valuesFiles },
      [Symbol.asyncDispose]: async () => undefined,
    },
    trust: fit.trust,
  };
}
