import { tlsSecret } from '../ingress/tls-secret.ts';
import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import { deleteNamespace } from '../kube/namespace.ts';
import { configMaps, namespaces, secrets } from '../kube/resource.ts';
import { Problem } from '../problem.ts';
import type { Database } from '../services/database.ts';
import type { Environment } from './environment.ts';
import { splitReference } from './judged-image.ts';
import { embeddedClusterValues } from './request.ts';
import { siteName } from './site-name.ts';

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
}

const names = { databaseSecret: 'meho-postgres', tlsSecret: 'meho-tls', trustBundle: 'lab-ca' } as const;
const removalDeadlineMs = 60_000;

/**
 * Makes a place to install into, with the PodSecurity level `restricted` enforced.
 *
 * @param purpose becomes part of the namespace's name, e.g. `cold-install`
 * @param isFirst whether it is the site for which the user may have named a namespace
 * @throws Problem when a namespace of that name is there already
 */
export async function prepareSite(environment: Environment, purpose: string, isFirst = false): Promise<Site> {
  const { api, authority, postgres, request } = environment;
  const namespace = siteName(request.subject.namespace, purpose, isFirst);
  const host = `${namespace}.meho.example.com`;
  await using stack = new AsyncDisposableStack();
  const [database, certificate] = await Promise.all([
    postgres.createDatabase(purpose),
    authority.issue({ dnsNames: [host] }),
  ]);
  stack.use(database);
  await createOurs(api, namespace, { ...request.labels, 'pod-security.kubernetes.io/enforce': 'restricted' });
  stack.defer(() => deleteNamespace(api, namespace, { deadlineMs: removalDeadlineMs }));
  const metadata = (name: string) => ({ name, namespace, labels: { ...request.labels } });
  await Promise.all([
    api.create(secrets, namespace, {
      metadata: metadata(names.databaseSecret),
      stringData: { url: database.urlFromPods() },
    }),
    api.create(secrets, namespace, tlsSecret(metadata(names.tlsSecret), certificate)),
    api.create(configMaps, namespace, {
      metadata: metadata(names.trustBundle),
      data: { 'ca.crt': authority.certificatePem },
    }),
  ]);
  const resources = stack.move();
  return {
    namespace,
    host,
    database,
    valuesFiles: [embeddedClusterValues, ...request.subject.valuesFiles],
    values: valuesOf(environment, host),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Never takes over what somebody else has made: it would be removed with everything in it. */
async function createOurs(api: KubeApi, name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  try {
    await api.create(namespaces, undefined, { metadata: { name, labels } });
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
  const { judged, image, ingress, openId, postgres, vault } = environment;
  return {
    image: { repository: judged.repository, tag: judged.tag },
    broadcast: { image: splitReference(image('valkey').reference) },
    ingress: { className: ingress.className, host, tls: { secretName: names.tlsSecret } },
    postgres: { credentialsSecret: names.databaseSecret },
    trustBundle: { configMapName: names.trustBundle },
    vault: { address: vault.url },
    keycloak: { issuer: openId.issuer },
    config: {
      keycloakIssuerUrl: openId.issuer,
      keycloakAudience: openId.audience,
      vaultAddr: vault.url,
    },
    networkPolicy: {
      ingressControllerNamespace: ingress.namespace,
      postgresCIDR: `${postgres.address}/32`,
      vaultCIDR: `${vault.address}/32`,
      keycloakCIDR: `${openId.address}/32`,
    },
  };
}
