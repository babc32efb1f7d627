import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { repositoryRoot } from '@meho/core/repository';
import { type Authority, createAuthority } from '@meho/core/testing/authority';
import { createNetwork } from '@meho/images/engine/containers/network';
import { type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { KubeApi } from '@meho/kube/api/api';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import { stringify } from 'yaml';
import { auditPolicyFor, parseAuditLog, type Writes, writesOf } from '../clusters/audit-log.ts';
import { startIngressController } from '../clusters/ingress/controller.ts';
import { ingressNodePort, K3sCluster } from '../clusters/k3s.ts';
import { allOrNothing } from '../release/environment/all-or-nothing.ts';
import { type StartedOpenId, startOpenId } from '../services/openid.ts';
import { type StartedPostgres, startPostgres } from '../services/postgres.ts';
import { type StartedVault, startVault } from '../services/vault.ts';
import { labObjects, podSecurityConfiguration } from './lab-policies.ts';

/** An existing cluster that knows the suite only by the identity it grants. */
export interface Lab extends AsyncDisposable {
  readonly things: RealDependencies;
  readonly network: string;
  readonly admin: KubeApi;
  readonly adminKubeconfig: string;
  /** The kubeconfig of the granted identity, whose context is `lab`. */
  readonly kubeconfig: string;
  readonly identity: string;
  readonly ingress: { readonly className: string; readonly namespace: string; readonly address: string };
  /** The file for `--services`, and the variables with secrets. */
  readonly services: { readonly file: string; readonly secrets: { readonly MEHO_POSTGRES_URL: string } };
  readonly postgres: StartedPostgres;
  readonly folder: string;
  apply(manifests: string): Promise<void>;
  /** Reads the API server's whole audit log. */
  writes(): Promise<Writes>;
}

const labImages = ['node', 'agnhost', 'skipper', 'valkey', 'backplane', 'postgres', 'openid', 'vault'] as const;
const identity = 'system:serviceaccount:meho-lab:meho-acceptance';
const policyFile = '/etc/rancher/k3s/audit-policy.yaml';
const admissionFile = '/etc/rancher/k3s/admission.yaml';
const logFile = '/var/log/audit.log';
const manifests = path.join(repositoryRoot, 'deploy', 'lab-identity');

/**
 * Starts a lab with its own services and ingress, the policies of `lab-policies.ts`, and the audited identity of
 * deploy/lab-identity.
 */
export async function startLab(
  over: Partial<Pick<RealDependencies, 'labels' | 'progress' | 'signal'>> = {},
): Promise<Lab> {
  await using stack = new AsyncDisposableStack();
  const things = { ...(await realDependencies(...labImages)), ...over };
  const { labels, progress, signal } = things;
  const network = stack.use(await createNetwork(labels));
  const provider = new K3sCluster({
    ...things,
    node: things.image('node'),
    agnhost: things.image('agnhost'),
    network,
    serverArguments: [
      `--kube-apiserver-arg=audit-policy-file=${policyFile}`,
      `--kube-apiserver-arg=audit-log-path=${logFile}`,
      `--kube-apiserver-arg=admission-control-config-file=${admissionFile}`,
    ],
    files: [
      { target: policyFile, content: auditPolicyFor(identity) },
      { target: admissionFile, content: podSecurityConfiguration },
    ],
  });
  const images = (['skipper', 'valkey', 'backplane'] as const).map((name) => things.image(name));
  const authority = await createAuthority("the lab's own authority");
  const [cluster, around] = await allOrNothing(stack, [
    provider.start({ progress, signal, images }),
    startServices(things, network, authority),
  ]);
  const controller = stack.use(
    await startIngressController({
      cluster,
      image: things.image('skipper'),
      authority,
      labels: {},
      nodePort: ingressNodePort,
      progress,
      signal,
    }),
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'meho-lab-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const admin = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const adminKubeconfig = path.join(folder, 'admin.yaml');
  await writeFile(adminKubeconfig, cluster.kubeconfig, { mode: 0o600 });
  const kubectl = await things.tool('kubectl');
  const asAdmin = async (args: readonly string[], stdin?: string) =>
    (
      await run(kubectl, ['--kubeconfig', adminKubeconfig, ...args], {
        timeoutMs: 60_000,
        ...(stdin === undefined ? {} : { stdin }),
      })
    ).stdout;
  await asAdmin(['apply', '--filename', manifests]);
  await asAdmin(['apply', '--filename', '-'], labObjects);
  const token = (await asAdmin(['--namespace', 'meho-lab', 'create', 'token', 'meho-acceptance'])).trim();
  const kubeconfig = path.join(folder, 'lab.yaml');
  await writeFile(kubeconfig, identityKubeconfig(admin, token), { mode: 0o600 });
  const services = await describeServices(around, authority, folder);
  const resources = stack.move();
  return {
    things,
    services,
    postgres: around.postgres,
    network: network.name,
    admin,
    adminKubeconfig,
    kubeconfig,
    identity,
    ingress: {
      className: controller.className,
      namespace: controller.namespace,
      address: `${controller.address.host}:${controller.address.port}`,
    },
    folder,
    apply: async (text) => {
      await asAdmin(['apply', '--filename', '-'], text);
    },
    writes: async () => writesOf(parseAuditLog(await cluster.nodeFile(logFile)), identity),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

interface LabServices extends AsyncDisposable {
  readonly postgres: StartedPostgres;
  readonly openId: StartedOpenId;
  readonly vault: StartedVault;
}

async function startServices(
  { image, labels, signal }: RealDependencies,
  network: { readonly name: string },
  authority: Authority,
): Promise<LabServices> {
  await using stack = new AsyncDisposableStack();
  const place = (name: 'postgres' | 'openid' | 'vault') => ({ image: image(name), labels, network, signal });
  const postgres = stack.use(await startPostgres(place('postgres')));
  const openId = stack.use(await startOpenId(place('openid'), { authority }));
  const { issuer, audience } = openId;
  const federation = { issuer, audience, issuerCa: authority.certificatePem };
  const vault = stack.use(await startVault(place('vault'), { authority, federation }));
  const resources = stack.move();
  return { postgres, openId, vault, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function describeServices(
  { postgres, openId, vault }: LabServices,
  authority: Authority,
  folder: string,
): Promise<Lab['services']> {
  const token = path.join(folder, 'operator-token');
  await writeFile(token, await openId.token('operator', { kind: 'sound' }), { mode: 0o600 });
  await writeFile(path.join(folder, 'lab-ca.pem'), authority.certificatePem);
  const file = path.join(folder, 'services.yaml');
  await writeFile(
    file,
    stringify({
      postgres: { host: postgres.address, port: 5432 },
      vault: { address: vault.url },
      openid: { issuer: openId.issuer, audience: openId.audience },
      token: { command: ['cat', token] },
      trustBundle: 'lab-ca.pem',
    }),
  );
  return { file, secrets: { MEHO_POSTGRES_URL: await postgres.createAdministrator() } };
}

function identityKubeconfig({ access: { server, tls } }: KubeApi, token: string): string {
  const authority = Buffer.from(tls.ca?.join('\n') ?? '').toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: server.href, 'certificate-authority-data': authority } }],
    users: [{ name: 'meho-acceptance', user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'meho-acceptance' } }],
    'current-context': 'lab',
  });
}
