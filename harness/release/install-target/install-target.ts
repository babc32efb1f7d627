import { Problem } from '@meho/core/problem';
import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import { configMaps, namespaces, secrets } from '@meho/kube/api/resource';
import { bindOwnRole } from '@meho/kube/permissions/own-role';
import { deleteNamespace } from '@meho/kube/workloads/namespace';
import { createSuppliedObjects } from '@meho/lab/pr-smoke/supplied-objects';
import { tlsSecret } from '../../clusters/ingress/tls-secret.ts';
import type { Database } from '../../services/database.ts';
import type { Environment } from '../environment/environment.ts';
import { splitReference } from '../environment/judged-image.ts';
import { mergeValues } from '../environment/merge-values.ts';
import { fittedValues } from '../trust/value-fit.ts';
import { installNamespaceName } from './install-namespace.ts';
import { installObjectNames, installValues } from './install-values.ts';
import { objectsWithTrust } from './objects-file.ts';
import { readValuesFiles, unpinnedValues } from './unpin.ts';

/** Prepared by an operator before installing. */
export interface InstallTarget extends AsyncDisposable {
  readonly namespace: string;
  readonly host: string;
  readonly database: Database;
  /** Least specific first. */
  readonly valuesFiles: readonly string[];
  /** Applied over the files. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Deletes without waiting (six seconds for an empty namespace), for managed clusters, whose names aren't reused. */
  leave(): Promise<void>;
}

const removalDeadlineMs = 60_000;

/**
 * Enforces PodSecurity `restricted`.
 *
 * @param isFirst whether it gets the user's namespace, if one is named
 * @throws Problem if the namespace exists
 */
export async function prepareInstallTarget(
  environment: Environment,
  purpose: string,
  isFirst = false,
): Promise<InstallTarget> {
  const { api, authority, clusterDefaults, postgres, request } = environment;
  const namespace = installNamespaceName(request.subject.namespace, purpose, isFirst);
  const host = `${namespace}.${clusterDefaults.domain}`;
  await using stack = new AsyncDisposableStack();
  const [database, certificate] = await Promise.all([
    postgres.createDatabase(purpose),
    clusterDefaults.bringsCertificate ? authority.issue({ dnsNames: [host] }) : undefined,
  ]);
  stack.use(database);
  const labels = { ...request.labels, 'pod-security.kubernetes.io/enforce': 'restricted' };
  const uid = await createNamespace(api, namespace, labels);
  stack.defer(() => deleteNamespace(api, namespace, { deadlineMs: removalDeadlineMs, ...uid }));
  if (clusterDefaults.role !== undefined) {
    await bindOwnRole(api, namespace, request.labels, clusterDefaults.role);
  }
  const metadata = (name: string) => ({ name, namespace, labels: { ...request.labels } });
  await Promise.all([
    api.create(secrets, namespace, {
      metadata: metadata(installObjectNames.databaseSecret),
      stringData: { url: database.urlFromPods() },
    }),
    certificate && api.create(secrets, namespace, tlsSecret(metadata(installObjectNames.tlsSecret), certificate)),
    request.subject.objects !== undefined &&
      createSuppliedObjects(api, namespace, objectsWithTrust(request.subject.objects, clusterDefaults.trustBundle), {
        labels: request.labels,
        release: request.subject.release,
      }),
    clusterDefaults.trustBundle !== undefined &&
      api.create(configMaps, namespace, {
        metadata: metadata(installObjectNames.trustBundle),
        data: { 'ca.crt': clusterDefaults.trustBundle },
      }),
  ]);
  const resources = stack.move();
  return {
    namespace,
    host,
    database,
    valuesFiles: [...clusterDefaults.valuesFiles, ...request.subject.valuesFiles],
    values: valuesOf(environment, host),
    leave: async () => {
      await api.delete(namespaces, undefined, namespace, uid);
      await database.drop();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Never adopts a namespace: clean-up would delete everything in it. */
async function createNamespace(
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

function valuesOf(environment: Environment, host: string): InstallTarget['values'] {
  const { cluster, clusterDefaults, image, ingress, judged, openId, request, vault } = environment;
  const { cidrs, trustBundle } = clusterDefaults;
  const { fit } = request.subject;
  const values = installValues(
    {
      image: judged,
      // Elsewhere nodes pull the image that the values name.
      ...(cluster.capabilities.loadImages ? { broadcastImage: splitReference(image('valkey').reference) } : {}),
      ingress,
      // For another chart, its fit decides.
      hasTrustBundle: trustBundle !== undefined && fit === undefined,
      vault: vault.url,
      openId,
      cidrs,
    },
    host,
  );
  return fit === undefined
    ? mergeValues(values, unpinnedValues(values, readValuesFiles(request.subject.valuesFiles)))
    : fittedValues(values, fit);
}
