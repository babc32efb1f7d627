import { createHash } from 'node:crypto';
import { type KeyPair, type LocalServer, serveHttps } from '@meho/core/http/testing/local-server';

export interface ChartRegistry extends LocalServer {
  readonly missed: readonly string[];
}

/** OCI distribution spec, "Pull", anonymous. */
export async function serveChart(
  keys: KeyPair,
  { path, version, packed }: { readonly path: string; readonly version: string; readonly packed: Buffer },
): Promise<ChartRegistry> {
  const config = Buffer.from(JSON.stringify({ name: path.split('/').at(-1), version, apiVersion: 'v2' }));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: descriptorOf(config, 'application/vnd.cncf.helm.config.v1+json'),
      layers: [descriptorOf(packed, 'application/vnd.cncf.helm.chart.content.v1.tar+gzip')],
    }),
  );
  const tags = Buffer.from(JSON.stringify({ name: path, tags: [version] }));
  const answers = new Map<string, readonly [string, Buffer]>([
    ['/v2/', ['application/json', Buffer.from('{}')]],
    [`/v2/${path}/tags/list`, ['application/json', tags]],
    ...[version, digestOf(manifest)].map(
      (name) => [`/v2/${path}/manifests/${name}`, [manifestType, manifest]] as const,
    ),
    ...[config, packed].map(
      (blob) => [`/v2/${path}/blobs/${digestOf(blob)}`, ['application/octet-stream', blob]] as const,
    ),
  ]);
  const missed: string[] = [];
  const server = await serveHttps(keys, (request, response) => {
    const [wanted = ''] = (request.url ?? '').split('?');
    const [type, body] = answers.get(wanted) ?? [];
    if (type === undefined || body === undefined) {
      missed.push(wanted);
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': type,
      'content-length': body.length,
      'docker-content-digest': digestOf(body),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  return { ...server, missed };
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function descriptorOf(content: Buffer, mediaType: string) {
  return { mediaType, digest: digestOf(content), size: content.length };
}
