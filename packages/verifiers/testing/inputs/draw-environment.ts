import fc from 'fast-check';
import { canaries, hostile, maybe } from './draw-text.ts';

export const variables = fc
  .record({
    NO_COLOR: maybe(3, fc.constant('1')),
    INSTALL_START_TS: maybe(3, hostile),
    SMOKE_START_TS: maybe(3, fc.oneof(hostile, fc.constantFrom('0', '1e9', '99999999999', 'NaN'))),
    HELM_DRIVER: maybe(25, fc.oneof(hostile, fc.constantFrom('sql', 'memory', 'configmap', 'Secret'))),
    HTTPS_PROXY: maybe(
      30,
      fc.oneof(
        hostile,
        fc.constant(`http://user:${canaries.proxy}@127.0.0.1:1`),
        fc.constant(`socks5h://u:${canaries.proxy}@127.0.0.1:1`),
      ),
    ),
    NO_PROXY: maybe(20, fc.oneof(hostile, fc.constant('*'))),
    SSL_CERT_FILE: maybe(40, fc.constantFrom('/no/such/file', '/dev/null', '{dir}/kubeconfig')),
    KUBECONFIG: maybe(15, fc.constantFrom('/no/such/kubeconfig', '{dir}/kubeconfig:/no/such/kubeconfig')).map(
      (found) => found ?? '{dir}/kubeconfig',
    ),
    GITHUB_STEP_SUMMARY: maybe(4, fc.constantFrom('{dir}/step.md', '/no/such/step.md')),
  })
  .map((drawn) =>
    Object.fromEntries(
      Object.entries(drawn).flatMap(([name, text]) => (text === undefined ? [] : [[name, clean(text)]])),
    ),
  );

/** Variables and arguments can't hold NULs or lone surrogates. */
export const clean = (text: string) => text.replaceAll('\u0000', '').toWellFormed();

export const databaseUrl = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constant(
      `postgresql://meho:${canaries.database}@127.0.0.1:{database}/meho?sslmode=disable&connect_timeout=2`,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      `postgresql+asyncpg://meho:${canaries.database}@127.0.0.1:{database}/meho?connect_timeout=2`,
    ),
  },
  {
    weight: 1,
    arbitrary: hostile.map((text) => `postgresql://meho:${canaries.database}@127.0.0.1:{database}/meho?${text}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        'port=abc',
        'sslmode=',
        'sslmode=x',
        'passfile=/',
        'options=-c',
        'gssencmode=require',
        'host=a,b&port=1',
      )
      .map((query) => `postgresql://meho:${canaries.database}@127.0.0.1:{database}/meho?${query}&connect_timeout=2`),
  },
);
