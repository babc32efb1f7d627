import type { ServerNames } from '../../testing/authority.ts';

export const dns = (...dnsNames: readonly string[]): ServerNames => ({ dnsNames, commonNames: ['x'] });
export const common = (...commonNames: readonly string[]): ServerNames => ({ dnsNames: [], commonNames });

/** As kubectl 1.32.4 and curl 7.88.1 (OpenSSL 3.0.19) decide. */
export const nameCases: readonly (readonly [host: string, names: ServerNames, curl: boolean, go: boolean])[] = [
  ['meho.example.com', dns('meho.example.com'), true, true],
  ['meho.example.com', dns('MEHO.Example.COM'), true, true],
  ['meho.example.com', dns('other.example.com', 'meho.example.com'), true, true],
  ['meho.example.com', dns('*.example.com'), true, true],
  ['a.meho.example.com', dns('*.example.com'), false, false],
  ['example.com', dns('*.example.com'), false, false],
  ['example.com', dns('*.com'), false, true],
  ['localhost', dns('*'), false, false],
  ['meho.example.com', dns('me*.example.com'), false, false],
  ['meho.example.com', dns('*o.example.com'), false, false],
  ['meho.example.com', dns('meho.*.com'), false, false],
  ['meho.example.com', dns('*.*.com'), false, false],
  ['me_ho.example.com', dns('me_ho.example.com'), true, true],
  ['meho.example.com.', dns('meho.example.com'), true, true],
  ['meho.example.com.', dns('*.example.com'), true, true],
  ['meho.example.com', dns('meho.example.com.'), true, false],
  ['meho.example.com.', dns('meho.example.com.'), true, true],
  ['meho.example.com', dns('*.example.com.'), true, false],
  ['meho.example.com.', dns('*.example.com.'), true, false],
  ['meho.example.com', common('meho.example.com'), true, false],
  ['meho.example.com', common('*.example.com'), true, false],
  ['meho.example.com', common('me*.example.com'), false, false],
  ['meho.example.com', common('other.example.com', 'meho.example.com'), true, false],
  ['meho.example.com', common('meho.example.com', 'other.example.com'), false, false],
  ['meho.example.com', { dnsNames: ['other.example.com'], commonNames: ['meho.example.com'] }, false, false],
  ['meho.example.com', { dnsNames: [], ipAddresses: ['10.0.0.1'], commonNames: ['meho.example.com'] }, false, false],
  ['127.0.0.1', { dnsNames: [], ipAddresses: ['127.0.0.1'] }, true, true],
  ['127.0.0.1', { dnsNames: [], ipAddresses: ['127.0.0.2'] }, false, false],
  ['127.0.0.1', dns('127.0.0.1'), false, false],
  ['127.0.0.1', common('127.0.0.1'), true, false],
  ['127.0.0.1', { dnsNames: ['meho.example.com'], commonNames: ['127.0.0.1'] }, false, false],
];
