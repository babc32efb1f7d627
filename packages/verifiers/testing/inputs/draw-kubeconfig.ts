import fc from 'fast-check';
import { stringify } from 'yaml';
import { canaries, corrupt, document, hostile, yamlPieces } from './draw-text.ts';

const kubeconfigText = (scheme: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [
    {
      name: 'lab',
      cluster: {
        server: `${scheme}://127.0.0.1:{api}`,
        ...(scheme === 'https' ? { 'certificate-authority': '{ca}' } : {}),
      },
    },
  ],
  users: [
    { name: 'lab', user: { token: canaries.kube } },
    { name: 'second', user: { username: 'ada', password: canaries.kube } },
  ],
  contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
  'current-context': 'lab',
});

/** Two in three are sound. */
export function kubeconfig(scheme: 'http' | 'https'): fc.Arbitrary<string> {
  const sound = kubeconfigText(scheme);
  const text = stringify(sound);
  const [cluster, user] = [sound.clusters[0]?.cluster ?? {}, sound.users[0]?.user ?? {}];
  const member = fc.constantFrom(
    ...['certificate-authority-data', 'insecure-skip-tls-verify', 'proxy-url', 'tls-server-name', 'server', 'x'],
  );
  const userMember = fc.constantFrom(
    ...['token', 'tokenFile', 'client-certificate-data', 'client-key-data', 'client-certificate', 'exec', 'as'],
    ...['as-groups', 'as-user-extra', 'auth-provider', 'username', 'impersonate-user'],
  );
  const value = fc.oneof(document, hostile, fc.constant(canaries.kube), fc.constant(5));
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(text) },
    { weight: 2, arbitrary: corrupt(fc.constant(text), yamlPieces) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(member, value)
        .map(([name, what]) =>
          JSON.stringify({ ...sound, clusters: [{ name: 'lab', cluster: { ...cluster, [name]: what } }] }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(userMember, value)
        // The impersonated user is reported, so it is no secret.
        .filter(([name, what]) => !name.startsWith('as') || what !== canaries.kube)
        .map(([name, what]) => JSON.stringify({ ...sound, users: [{ name: 'lab', user: { ...user, [name]: what } }] })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(hostile, fc.constant(sound)).map(([name]) => JSON.stringify(withName(name, sound))),
    },
  );
}

function withName(name: string, sound: ReturnType<typeof kubeconfigText>) {
  return {
    ...sound,
    clusters: sound.clusters.map((each) => ({ ...each, name })),
    contexts: [{ name, context: { cluster: name, user: 'lab', namespace: name } }],
    'current-context': name,
  };
}
