import { closedPort, serveHttp, serveTcp } from '@meho/core/http/testing/local-server';
import { createSelfSigned } from '@meho/core/http/testing/self-signed';
import { createAuthority, type ServerNames } from '@meho/core/testing/authority';
import { besideOthers, type Fault, otherCommandLine, type ReleaseContext } from '../fault.ts';
import { connectedTo, frontWith } from '../front.ts';

const hourMs = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hourMs);
/** Checks that fail for the same cause only refer to this one. */
const expectRed = ['healthz'];

async function frontFor(context: ReleaseContext, names: Partial<ServerNames>) {
  const dnsNames = [context.installed.target.host];
  return frontWith(context, await context.environment.authority.issue({ dnsNames, ...names }));
}

export const transport: readonly Fault[] = besideOthers([
  {
    id: 'dns',
    title: 'the host does not resolve',
    expectRed,
    says: /does not resolve|no DNS server answered/,
    inject: async () => otherCommandLine({ flags: { host: 'nowhere.meho.invalid', 'connect-to': undefined } }),
  },
  {
    id: 'closed-port',
    title: 'nothing listens',
    expectRed,
    says: /refused the connection/,
    inject: async () => otherCommandLine({ flags: { 'connect-to': `127.0.0.1:${await closedPort()}` } }),
  },
  {
    id: 'mute',
    title: 'the connection is accepted and nothing is said',
    expectRed,
    says: /did not finish the TLS handshake/,
    inject: async () => connectedTo(await serveTcp(() => undefined), true),
  },
  {
    id: 'hang-up',
    title: 'the connection is closed at once',
    expectRed,
    says: /closed the connection/,
    inject: async () => connectedTo(await serveTcp((socket) => socket.destroy())),
  },
  {
    id: 'no-tls',
    title: 'plain HTTP on the port',
    expectRed,
    says: /does not speak TLS/,
    inject: async () => connectedTo(await serveHttp((_, response) => response.end('{"status":"ok"}'))),
  },
  {
    id: 'expired-certificate',
    title: 'the certificate has expired',
    expectRed,
    says: /expired/,
    inject: (context) => frontFor(context, { validity: { notBefore: inHours(-48), notAfter: inHours(-1) } }),
  },
  {
    id: 'future-certificate',
    title: 'the certificate is not valid yet',
    expectRed,
    says: /not valid yet/,
    inject: (context) => frontFor(context, { validity: { notBefore: inHours(1), notAfter: inHours(48) } }),
  },
  {
    id: 'wrong-host-certificate',
    title: 'the certificate is for another host',
    expectRed,
    says: /is not for /,
    inject: (context) => frontFor(context, { dnsNames: ['other.example.com'] }),
  },
  {
    id: 'self-signed-certificate',
    title: 'the certificate is self-signed',
    expectRed,
    says: /self-signed/,
    inject: async (context) => frontWith(context, await createSelfSigned(context.installed.target.host)),
  },
  {
    id: 'unknown-authority',
    title: 'another authority issued the certificate',
    expectRed,
    says: /not trusted/,
    inject: async (context) => {
      const stranger = await createAuthority('a stranger');
      return frontWith(context, await stranger.issue({ dnsNames: [context.installed.target.host] }));
    },
  },
  {
    id: 'unknown-authority-waved-through',
    title: 'another authority issued the certificate, and the shell tells Node to take any',
    expectRed,
    says: /not trusted/,
    inject: async (context) => {
      const stranger = await createAuthority('a stranger');
      const front = await frontWith(context, await stranger.issue({ dnsNames: [context.installed.target.host] }));
      return { ...front, env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } };
    },
  },
  {
    id: 'no-cacert',
    title: "the lab's authority is not given",
    expectRed,
    says: /not trusted.*--cacert/,
    inject: async () => otherCommandLine({ flags: { cacert: undefined } }),
  },
  {
    id: 'other-host',
    title: 'a host that no Ingress publishes',
    // The controller has certificates for its hosts only.
    expectRed,
    says: /is not for |not trusted|self-signed/,
    inject: async () => otherCommandLine({ flags: { host: 'other.meho.example.com' } }),
  },
]);
