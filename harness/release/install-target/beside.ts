import { secrets } from '@meho/kube/api/resource';
import { tlsSecret } from '../../clusters/ingress/tls-secret.ts';
import type { Environment } from '../environment/environment.ts';
import { mergeValues } from '../environment/merge-values.ts';
import type { InstallTarget } from './install-target.ts';

export interface Beside {
  /** The same, with the second release as its subject. */
  readonly environment: Environment;
  readonly target: InstallTarget;
}

/**
 * Prepares a second release in a site's namespace: host, certificate, database and their Secrets are its own, all
 * else is shared. Disposing of it drops its database; its objects go with the site's namespace.
 *
 * @param release its name, which the site's release must not have
 */
export async function prepareBeside(environment: Environment, site: InstallTarget, release: string): Promise<Beside> {
  const { api, authority, clusterDefaults, postgres, request } = environment;
  const { namespace } = site;
  const host = `${release}.${site.host}`;
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await postgres.createDatabase('beside'));
  const certificate = clusterDefaults.bringsCertificate ? await authority.issue({ dnsNames: [host] }) : undefined;
  const names = { database: `${release}-postgres`, tls: `${release}-tls` };
  const metadata = (name: string) => ({ name, namespace, labels: { ...request.labels } });
  const stringData = { url: database.urlFromPods() };
  await api.create(secrets, namespace, { metadata: metadata(names.database), stringData });
  if (certificate !== undefined) {
    await api.create(secrets, namespace, tlsSecret(metadata(names.tls), certificate));
  }
  const values = mergeValues(site.values, {
    ingress: { host, tls: { secretName: names.tls } },
    postgres: { credentialsSecret: names.database },
  });
  const resources = stack.move();
  return {
    environment: {
      ...environment,
      request: { ...request, subject: { ...request.subject, release } },
      [Symbol.asyncDispose]: async () => undefined,
    },
    target: {
      ...site,
      ...{ host, database, values },
      leave: () => database.drop(),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    },
  };
}
