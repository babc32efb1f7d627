import { type ProxyServer, proxyAdvice, proxyName } from './proxy.ts';
import { TransportError } from './transport-error.ts';

export function proxyRefusal(proxy: ProxyServer, target: string, status: number): TransportError {
  const name = proxyName(proxy);
  switch (status) {
    case 407: {
      const how =
        proxy.login === undefined ? 'wants a user and a password' : "doesn't take the user and password given";
      const hint = `write them into ${proxy.source} as http://USER:PASSWORD@HOST:PORT`;
      return new TransportError('proxy-denied', `${name} ${how} (407)`, hint);
    }
    case 403:
      return new TransportError(
        'proxy-denied',
        `${name} doesn't allow connections to ${target} (403)`,
        proxyAdvice(proxy),
      );
    case 502:
    case 503:
    case 504:
      return new TransportError('proxy', `${name} can't reach ${target} (${status})`, proxyAdvice(proxy));
    default:
      return new TransportError('proxy', `${name} answered ${status} to CONNECT ${target}`, proxyAdvice(proxy));
  }
}
