import { tlsSecret } from '../ingress/tls-secret.ts';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import { deleteNamespace } from '../kube/namespace.ts';
import { bindOwnRole } from '../kube/own-role.ts';
import { configMaps, namespaces, secrets } from '../kube/resource.ts';
import { createGivenObjects } from '../pr-smoke/given-objects.ts';
import { Problem } from '../problem.ts';
import type { Database } from '../services/database.ts';
import type { Environment } from './environment.ts';
import { objectsOf } from './given-objects.ts';
import { splitReference } from './judged-image.ts';
import { siteName } from './site-name.ts';
import { siteNames, siteValues } from './site-values.ts';
import { withTrust } from './subject-fit.ts';

/** What an operator has ready before installing: a namespace with Secrets, a database, a certificate, values. */
export interface Site extends AsyncDisposable {
  readonly namespace: string;
  /** The name under which the backplane is reached through the ingress controller. */
  readonly host: string;
  readonly database: Database;
  /** Values files, the least specific first. */
  readonly valuesFiles: readonly string[];
  /** What this site adds to them. */
  readonly values: Readonly<Record<string, unknown>>;
  /**
   * Asks for its removal and leaves the rest to the cluster, which takes six seconds for an empty namespace: for places
   * of a cluster that goes with the run, whose names nobody uses again.
   */
  leave(): Promise<void>;
}

const removalDeadlineMs = 60_000;

/**
 * Makes a place to install into, with the PodSecurity level `restricted` enforced.
 *
 * @param purpose becomes part of the namespace's name, e.g. `cold-install`
 * @param isFirst whether it is the site for which the user may have named a namespace
 * @throws Problem when a namespace of that name is there already
 */
export async function prepareSite(environment: Environment, purpose: string, isFirst = false): Promise<Site> {
  const { api, authority, ground, postgres, request } = environment;
  const namespace = siteName(request.subject.namespace, purpose, isFirst);
  const host = `${namespace}.${ground.domain}`;
  await using stack = new AsyncDisposableStack();
  const [database, certificate] = await Promise.all([
    postgres.createDatabase(purpose),
    ground.bringsCertificate ? authority.issue({ dnsNames: [host] }) : undefined,
  ]);
  stack.use(database);
  const labels = { ...request.labels, 'pod-security.kubernetes.io/enforce': 'restricted' };
  const uid = await createOurs(api, namespace, labels);
  stack.defer(() => deleteNamespace(api, namespace, { deadlineMs: removalDeadlineMs, ...uid }));
  if (ground.role !== undefined) {
    await bindOwnRole(api, namespace, request.labels, ground.role);
  }
  const metadata = (name: string) => ({ name, namespace, labels: { ...request.labels } });
  await Promise.all([
    api.create(secrets, namespace, {
      metadata: metadata(siteNames.databaseSecret),
      stringData: { url: database.urlFromPods() },
    }),
    certificate && api.create(secrets, namespace, tlsSecret(metadata(siteNames.tlsSecret), certificate)),
    request.subject.objects !== undefined &&
      createGivenObjects(api, namespace, objectsOf(request.subject.objects, ground.trustBundle), {
        labels: request.labels,
        release: request.subject.release,
      }),
    ground.trustBundle !== undefined &&
      api.create(configMaps, namespace, {
        metadata: metadata(siteNames.trustBundle),
        data: { 'ca.crt': ground.trustBundle },
      }),
  ]);
  const resources = stack.move();
  return {
    namespace,
    host,
    database,
    valuesFiles: [...ground.valuesFiles, ...request.subject.valuesFiles],
    values: valuesOf(environment, host),
    leave: async () => {
      await api.delete(namespaces, undefined, namespace, uid);
      await database.drop();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Never takes over what somebody else has made: it would be removed with everything in it. */
async function createOurs(
  api: KubeApi,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<{ readonly uid?: string }> {
  try {
    const { metadata } = await api.create(namespaces, undefined, { metadata: { name, labels } });
    return metadata?.uid === undefined ? {} : { uid: metadata.uid };
  } catch (error) {
    if (error instanceof KubeError && error.status === 409) {
      throw new Problem(
        {
          expected: `no namespace ${name} before this run makes it`,
          observed: 'it is there already',
          next: 'choose another --namespace, or see whose it is: kubectl get namespace --show-labels',
        },
        { cause: error },
      );
    }
    throw error;
  }
}

function valuesOf(environment: Environment, host: string): Site['values'] {
  const { cluster, ground, image, ingress, judged, openId, request, vault } = environment;
  const { cidrs, trustBundle } = ground;
  const { fit } = request.subject;
  const values = siteValues(
    {
      image: judged,
      // Elsewhere the nodes have it from where the chart or the subject's values say.
      ...(cluster.capabilities.loadImages ? { broadcastImage: splitReference(image('valkey').reference) } : {}),
      ingress,
      // Another chart's way is what was found to be one.
      hasTrustBundle: trustBundle !== undefined && fit === undefined,
      vault: vault.url,
      openId,
      cidrs,
    },
    host,
  );
  return withTrust(values, fit);
}
