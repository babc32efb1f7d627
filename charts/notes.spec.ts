import { afterAll, describe, expect, it } from 'vitest';
import { notesChart, warningsIn } from './testing/notes.ts';
import { SEED_BLOCK } from './testing/seed-block.ts';
import { MINIMAL_VALUES, type Values, withValue } from './testing/values.ts';

const chart = await notesChart();
afterAll(() => chart[Symbol.asyncDispose]());

const having = (changes: Readonly<Record<string, unknown>>, values: Values = QUIET): Values =>
  Object.entries(changes).reduce<Values>((all, [path, value]) => withValue(all, path, value), values);

/** The minimal values with Vault's port: nothing to warn of. */
const QUIET = ['/vault/address', '/config/vaultAddr'].reduce<Values>(
  (all, path) => withValue(all, path, 'https://vault.test:8200'),
  MINIMAL_VALUES,
);

/** Rendered with everything else: what is warned of is not refused. */
const warnedOf = async (changes: Readonly<Record<string, unknown>>) => warningsIn(await chart.notes(having(changes)));
const starting = (...texts: readonly string[]) => texts.map((text) => expect.stringMatching(new RegExp(`^${text}`)));

describe('the notes', () => {
  it('say how to look at it, and warn of nothing where there is nothing', async () => {
    const notes = await chart.notes(having({ '/config/forwardedAllowIps': '10.42.0.0/16' }));
    expect(notes).toContain('MEHO test (chart 0.1.0) is installed as release meho in namespace meho');
    expect(notes).toContain('kubectl -n meho port-forward service/meho 8000:8000');
    expect(notes).toContain('curl https://meho.test/version');
    expect(notes).toContain('carry the audience https://meho.test/mcp');
    expect(notes).toContain('kubectl -n meho logs job/meho-migrate');
    expect(notes).not.toMatch(/WARNING|NOTE|No ingress/);
  });

  it('say that redirects say http behind an ingress that nobody believes', async () => {
    expect(await chart.notes(QUIET)).toContain('NOTE: config.forwardedAllowIps is 127.0.0.1');
    expect(await chart.notes(having({ '/ingress/enabled': false }))).not.toContain('NOTE:');
  });

  it('say how to reach it without an ingress', async () => {
    const values = having({ '/ingress/enabled': false, '/service/port': 80, '/config/backplaneUrl': 'http://a.test' });
    const notes = await chart.notes(values);
    expect(notes).toContain('No ingress is enabled: only the cluster reaches meho.meho.svc:80.');
    expect(notes).not.toContain('curl https://');
    expect(notes).toContain('port-forward service/meho 8000:80');
  });
});

describe('the notes warn of', () => {
  it('the one thing in the seed’s own block that can’t work', async () => {
    const values = Object.entries(SEED_BLOCK).reduce<Values>(
      (all, [path, value]) => withValue(all, `/${path.replaceAll('.', '/')}`, value),
      {},
    );
    expect(warningsIn(await chart.notes(values))).toEqual(
      starting(
        'vault\\.address: https://vault\\.example\\.org is port 443, and the policy lets out to port 8200 alone',
      ),
    );
  });

  it.each([
    ['a port that the policy doesn’t let out', 'http://vault.test', 'is port 80,'],
    [
      'an address outside the network',
      'https://10.0.3.7:8200',
      'is not in networkPolicy\\.vaultCIDR, 10\\.0\\.2\\.0/24',
    ],
    ['one of few digits', 'https://1.2.3.4:8200', 'is not in networkPolicy\\.vaultCIDR'],
  ])('%s', async (_what, address, text) => {
    const changes = { '/vault/address': address, '/config/vaultAddr': address };
    expect(await warnedOf(changes)).toEqual(starting(`vault\\.address: .* ${text}`));
    expect(await warnedOf({ ...changes, '/networkPolicy/enabled': false })).toEqual(
      starting('networkPolicy\\.enabled:'),
    );
  });

  it('an issuer on a port of its own, and not one on 443 whose address is in its network', async () => {
    const issuer = (url: string) => ({ '/keycloak/issuer': url, '/config/keycloakIssuerUrl': url });
    expect(await warnedOf(issuer('https://keycloak.test:8443/realms/a'))).toEqual(
      starting('keycloak\\.issuer: .* is port 8443'),
    );
    expect(await warnedOf(issuer('https://10.0.3.9:443/realms/a'))).toEqual([]);
  });

  it('ways out and in that the policy closes', async () => {
    const changes = { '/connectors/enabled': ['vault', 'harbor'], '/service/type': 'LoadBalancer' };
    expect(await warnedOf(changes)).toEqual(
      starting(
        'connectors\\.enabled: the policy lets out to nothing that vault, harbor talk to',
        'service\\.type: LoadBalancer',
      ),
    );
    expect(await warnedOf({ ...changes, '/networkPolicy/enabled': false })).toEqual(
      starting('networkPolicy\\.enabled'),
    );
  });

  it('a store beside the bundled one: none, or one behind the policy', async () => {
    const url = { BROADCAST_REDIS_URL: 'redis://a:6379/0' };
    expect(await warnedOf({ '/broadcast/enabled': false })).toEqual(
      starting('broadcast\\.enabled: it is false and nothing'),
    );
    expect(await warnedOf({ '/broadcast/enabled': false, '/config/extraEnv': url })).toEqual(
      starting('BROADCAST_REDIS_URL: '),
    );
  });

  it('no TLS, no policy, no public URL', async () => {
    expect(await warnedOf({ '/ingress/tls': { enabled: false } })).toEqual(
      starting('ingress\\.tls\\.enabled: .* unencrypted'),
    );
    const [warning] = await warnedOf({ '/networkPolicy/enabled': false });
    expect(warning).toContain('and the broadcast, which asks no password,');
    expect(await warnedOf({ '/ingress/enabled': false })).toEqual(
      starting('config\\.backplaneUrl: .* refuses to start'),
    );
  });

  it('resources that no pod gets', async () => {
    const resources = {
      requests: { cpu: 2, memory: '256Mi', 'ephemeral-storage': '2Gi' },
      limits: { cpu: '1500m', memory: 256, 'ephemeral-storage': '1G' },
    };
    expect(
      await warnedOf({ '/resources': resources, '/migrationJob/resources': { limits: { memory: '64' } } }),
    ).toEqual(
      starting(
        'resources\\.limits\\.memory: 256 is less than a MiB: .* Write it as 256Mi',
        'resources\\.requests\\.cpu: 2 is more than the limit, 1500m',
        'resources\\.requests\\.ephemeral-storage: 2Gi is more than the limit, 1G',
        'resources\\.requests\\.memory: 256Mi is more than the limit, 256',
        'migrationJob\\.resources\\.limits\\.memory: 64 is less',
      ),
    );
    const fair = { requests: { cpu: '0.5', memory: '1Gi' }, limits: { cpu: '500m', memory: '1024Mi' } };
    expect(await warnedOf({ '/resources': fair, '/broadcast/resources': fair })).toEqual([]);
    const even = { requests: { cpu: 1, memory: '1e9' }, limits: { cpu: '1000m', memory: '1G' } };
    expect(await warnedOf({ '/resources': even, '/broadcast/resources': even })).toEqual([]);
    // A request without a limit has all of the node.
    expect(await warnedOf({ '/resources/requests/ephemeral-storage': '2Gi' })).toEqual([]);
    expect(await warnedOf({ '/resources': { requests: { cpu: 1 }, limits: { cpu: '1m' } } })).toEqual(
      starting('resources\\.requests\\.cpu: 1 is more than the limit, 1m'),
    );
    for (const memory of [1_073_741_824, '1e9', '1Pi', '1E']) {
      const wide = { requests: { memory: '256Mi' }, limits: { memory } };
      expect(await warnedOf({ '/resources': wide, '/broadcast/resources': wide })).toEqual([]);
    }
    expect(await warnedOf({ '/broadcast/resources/requests/memory': '1Gi' })).toEqual(
      starting('broadcast\\.resources\\.requests\\.memory'),
    );
  });

  it('mounts and volumes that no pod gets', async () => {
    const mount = (name: string, mountPath: string) => ({ name, mountPath });
    const volume = { name: 'a', emptyDir: {} };
    expect(
      await warnedOf({
        '/extraVolumes': [volume, volume],
        '/extraVolumeMounts': [mount('a', '/tmp/'), mount('b', '/etc/meho/trust')],
        '/trustBundle/secretName': 'lab-ca',
      }),
    ).toEqual(
      starting(
        "extraVolumeMounts, trustBundle\\.mountPath: /tmp is .* the chart's own",
        'extraVolumeMounts, trustBundle\\.mountPath: /etc/meho/trust is',
        'extraVolumeMounts: no volume is called b',
        'extraVolumes: a is the name of more than one volume',
      ),
    );
    expect(await warnedOf({ '/trustBundle': { secretName: 'lab-ca', mountPath: '/tmp' } })).toEqual(
      starting('extraVolumeMounts, trustBundle'),
    );
    expect(await warnedOf({ '/extraVolumes': [volume], '/extraVolumeMounts': [mount('a', '/etc/a')] })).toEqual([]);
    // The chart's own volumes may be mounted once more.
    const own = { '/extraVolumeMounts': [mount('tmp', '/var/run'), mount('trust-bundle', '/etc/ssl/lab')] };
    expect(await warnedOf({ ...own, '/trustBundle/secretName': 'lab-ca' })).toEqual([]);
    expect(await warnedOf(own)).toEqual(starting('extraVolumeMounts: no volume is called trust-bundle'));
  });

  it('a budget that lets no node be drained', async () => {
    const budget = (minAvailable: unknown) => ({ '/podDisruptionBudget': { enabled: true, minAvailable } });
    expect(await warnedOf(budget(1))).toEqual(starting('podDisruptionBudget\\.minAvailable: 1 of 1 replica must stay'));
    expect(await warnedOf(budget('100%'))).toEqual(starting('podDisruptionBudget'));
    expect(await warnedOf({ ...budget(1), '/replicaCount': 2 })).toEqual([]);
    expect(await warnedOf(budget(''))).toEqual([]);
    expect(await warnedOf({ '/podDisruptionBudget': { enabled: false, minAvailable: 1 } })).toEqual([]);
    // How many an autoscaler makes is not known.
    expect(await warnedOf({ ...budget(1), '/replicaCount': null })).toEqual([]);
  });

  it('what looks like a secret, with the way', async () => {
    const extraEnv = {
      A_TOKEN: 'x',
      B_PASSWORD: 'x',
      C_SECRET: 'x',
      D_URL: 'https://u:p@a.test',
      TOKEN_URL: 'https://a.test',
    };
    expect(await warnedOf({ '/config/extraEnv': extraEnv })).toEqual(
      starting(
        ...['A_TOKEN', 'B_PASSWORD', 'C_SECRET', 'D_URL'].map((name) => `config\\.extraEnv\\.${name}: .*secretKeyRef`),
      ),
    );
    const list = [
      { name: 'my_token', value: 'x' },
      { name: 'SAFE_TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'a' } } },
      { name: 'LEVEL', value: 'a' },
      { name: 'LEVEL', value: 'b' },
    ];
    expect(await warnedOf({ '/extraEnv': list })).toEqual(
      starting('extraEnv: my_token looks like a secret', 'extraEnv: LEVEL is set twice'),
    );
    const notes = await chart.notes(having({ '/config/extraEnv': { A_TOKEN: 'hunter2' } }));
    expect(notes).not.toContain('hunter2');
  });

  it.each(['main', 'edge', 'Latest'])('a tag that moves, unless a digest pins it: %s', async (tag) => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const both = { '/image/tag': tag, '/broadcast/image/tag': tag };
    expect(await warnedOf(both)).toEqual(
      starting(`image\\.tag: ${tag} moves`, `broadcast\\.image\\.tag: ${tag} moves`),
    );
    expect(await warnedOf({ ...both, '/image/digest': digest, '/broadcast/image/digest': digest })).toEqual([]);
  });

  it('an account that goes with the migration, labels that stop at the broadcast, and a port without rights', async () => {
    expect(
      await warnedOf({
        '/serviceAccount/name': 'meho-migrate',
        '/commonLabels': { team: 'a' },
        '/broadcast/service/port': 80,
        '/config/forwardedAllowIps': '10.42.0.5/16,127.0.0.1',
      }),
    ).toEqual(
      starting(
        'config\\.forwardedAllowIps: 10\\.42\\.0\\.5/16 is no network, .* 10\\.42\\.0\\.0/16',
        'broadcast\\.service\\.port: 80 is below 1024',
        "serviceAccount\\.name: meho-migrate is the migration's own",
        'commonLabels: the broadcast',
      ),
    );
    expect(await warnedOf({ '/broadcast/service/port': 1024 })).toEqual([]);
    const agreed = { '/commonLabels': { team: 'a' }, '/broadcast/commonLabels': { team: 'a' } };
    expect(await warnedOf({ ...agreed, '/serviceAccount': { create: false, name: 'meho-migrate' } })).toEqual([]);
  });
});
