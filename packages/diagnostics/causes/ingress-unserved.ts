import type { Cause, Recogniser } from '../cause.ts';
import type { Ingress, Snapshot } from '../snapshot.ts';

const defaultClass = 'ingressclass.kubernetes.io/is-default-class';
const releaseNamespace = 'meta.helm.sh/release-namespace';

/** No controller or no certificate: nothing else in the cluster reports it. */
export const ingressUnserved: Recogniser = (snapshot) =>
  snapshot.ingresses.flatMap((ingress) => [...classOf(snapshot, ingress), ...certificatesOf(snapshot, ingress)]);

function classOf({ ingressClasses }: Snapshot, ingress: Ingress): readonly Cause[] {
  if (ingressClasses === undefined) {
    return [];
  }
  const wanted = ingress.spec?.ingressClassName;
  const served =
    wanted === undefined
      ? ingressClasses.some((candidate) => candidate.metadata?.annotations?.[defaultClass] === 'true')
      : ingressClasses.some((candidate) => candidate.metadata?.name === wanted);
  if (served) {
    return [];
  }
  const isDefault = ({ metadata }: (typeof ingressClasses)[number]) => metadata?.annotations?.[defaultClass] === 'true';
  const known =
    ingressClasses.map((each) => `${each.metadata?.name}${isDefault(each) ? ' (default)' : ''}`).join(', ') || 'none';
  const [marked] = ingressClasses.filter(isDefault);
  const where = marked?.metadata?.annotations?.[releaseNamespace];
  const namespace = where === undefined ? '' : ` and networkPolicy.ingressControllerNamespace to ${where}`;
  return [
    {
      id: 'ingress-class-missing',
      object: `Ingress ${ingress.metadata?.name}`,
      expected: wanted === undefined ? 'a default IngressClass' : `IngressClass ${wanted}`,
      observed: `the cluster has: ${known}`,
      next:
        marked === undefined
          ? 'set ingress.className to one of them, or install an ingress controller'
          : `set ingress.className to ${marked.metadata?.name}${namespace}`,
      graceMs: 3000,
      helmIgnores: true,
    },
  ];
}

function certificatesOf({ secretNames, namespace }: Snapshot, ingress: Ingress): readonly Cause[] {
  if (secretNames === undefined) {
    return [];
  }
  const isIssued = Object.keys(ingress.metadata?.annotations ?? {}).some((name) => name.startsWith('cert-manager.io/'));
  return (ingress.spec?.tls ?? []).flatMap(({ secretName }) =>
    secretName === undefined || secretNames.includes(secretName)
      ? []
      : [
          {
            id: 'certificate-secret-missing',
            object: `Ingress ${ingress.metadata?.name}`,
            expected: `Secret ${secretName} with the certificate in namespace ${namespace}`,
            observed: 'there is no such Secret',
            next: `kubectl create secret tls ${secretName} --cert=FILE --key=FILE --namespace ${namespace}, or let cert-manager issue it`,
            // Without cert-manager nobody will create it.
            graceMs: isIssued ? 30_000 : 1000,
            helmIgnores: true,
          },
        ],
  );
}
