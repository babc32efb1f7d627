// biome-ignore-all lint/style/noRestrictedImports: specs of the image start what it depends on

import { holds, never, notYet, waitFor } from '@meho/core/wait/wait-for';
import { type ContainerExit, waitForExit } from '@meho/images/engine/containers/container-exit';
import { containerState, type OwnedContainer, startOwned } from '@meho/images/engine/containers/owned';
import { StartedWaitStrategy } from '@meho/images/engine/containers/started-wait-strategy';
import type { ResolvedImage } from '@meho/images/image';
import type { RealDependencies } from '@meho/images/testing/real-dependencies';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';

export interface BackplaneTestContext {
  readonly things: RealDependencies;
  readonly network: { readonly name: string };
}

export interface BackplaneStart {
  readonly image: ResolvedImage;
  readonly environment: Readonly<Record<string, string>>;
  /** PEM. A read-only file system accepts no files from outside. */
  readonly authority?: string;
}

const deadlineMs = 60_000;
const port = 8000;
const authorityFile = '/tmp-ca/authority.pem';

/** As the chart runs it: the image's uid, no capabilities, read-only root, writable /tmp. */
class RestrictedContainer extends GenericContainer {
  restricted(isReadOnly: boolean): this {
    this.hostConfig.ReadonlyRootfs = isReadOnly;
    this.hostConfig.CapDrop = ['ALL'];
    this.hostConfig.SecurityOpt = ['no-new-privileges'];
    this.hostConfig.Tmpfs = { '/tmp': 'rw,mode=1777' };
    return this;
  }
}

function containerOf(
  { network }: BackplaneTestContext,
  { image, environment, authority }: BackplaneStart,
): RestrictedContainer {
  const container = new RestrictedContainer(image.reference)
    .restricted(authority === undefined)
    .withNetworkMode(network.name)
    .withEnvironment({ ...environment, ...(authority === undefined ? {} : { SSL_CERT_FILE: authorityFile }) })
    .withWaitStrategy(new StartedWaitStrategy());
  if (authority !== undefined) {
    container.withCopyContentToContainer([{ content: authority, target: authorityFile, mode: 0o644 }]);
  }
  return container;
}

export async function runUntilExit(
  site: BackplaneTestContext,
  start: BackplaneStart,
  command?: readonly [string, ...string[]],
): Promise<ContainerExit> {
  const container = containerOf(site, start);
  if (command !== undefined) {
    container.withEntrypoint([command[0]]).withCommand(command.slice(1));
  }
  const { labels, signal } = site.things;
  await using owned = await startOwned({
    what: 'a run of the backplane image',
    container,
    begin: () => container.start(),
    labels,
    signal,
    deadlineMs,
  });
  const { container: containers } = await getContainerRuntimeClient();
  return await waitForExit(containers.getById(owned.started.getId()), 'the container', deadlineMs);
}

export const migrate = ['python', '-m', 'meho_backplane.db.migrate'] as const;

export class RunningImage implements AsyncDisposable {
  readonly url: string;
  readonly #owned: OwnedContainer<StartedTestContainer>;

  private constructor(owned: OwnedContainer<StartedTestContainer>, url: string) {
    this.#owned = owned;
    this.url = url;
  }

  static async start(site: BackplaneTestContext, start: BackplaneStart): Promise<RunningImage> {
    const container = containerOf(site, start).withExposedPorts(port);
    const { labels, signal } = site.things;
    const begin = () => container.start();
    const owned = await startOwned({ what: 'the backplane', container, begin, labels, signal, deadlineMs });
    const id = owned.started.getId();
    const url = await waitFor(
      'the backplane to listen',
      async () => {
        const place = await containerState('the backplane', id, site.network.name);
        if (!place.running) {
          return never(`it ended: ${owned.log.last(10)}`);
        }
        const base = `http://${owned.started.getHost()}:${place.mappedPort(port)}`;
        const { status } = await fetch(`${base}/healthz`);
        return status === 200 ? holds(base) : notYet(`status ${status}`);
      },
      { deadlineMs, intervalMs: 20 },
    );
    return new RunningImage(owned, url);
  }

  async get(path: string, token?: string): Promise<{ status: number; body: unknown; requestId: string | null }> {
    const response = await fetch(`${this.url}${path}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const body: unknown = await response.json();
    return { status: response.status, body, requestId: response.headers.get('x-request-id') };
  }

  async failing(): Promise<Readonly<Record<string, string>>> {
    const { body } = await this.get('/ready');
    const checks = checksOf(body).filter(({ ok }) => !ok);
    return Object.fromEntries(checks.map(({ name, detail }) => [name, String(detail)]));
  }

  /** Waits until /ready fails in exactly these checks. */
  async untilFailing(expected: Readonly<Record<string, string | RegExp>>): Promise<void> {
    const names = Object.keys(expected).join();
    await waitFor(
      `/ready to fail with ${Object.entries(expected).join(', ') || 'nothing'}`,
      async () => {
        const failing = await this.failing();
        const isAsExpected = Object.entries(expected).every(([name, detail]) => failing[name]?.match(detail));
        return isAsExpected && Object.keys(failing).join() === names
          ? holds(undefined)
          : notYet(JSON.stringify(failing));
      },
      { deadlineMs: 15_000, intervalMs: 100 },
    );
  }

  log(lines = 200): string {
    return this.#owned.log.last(lines);
  }

  async terminate(): Promise<number> {
    const { container } = await getContainerRuntimeClient();
    const docker = container.getById(this.#owned.started.getId());
    await docker.kill({ signal: 'SIGTERM' });
    const { StatusCode: exitCode }: { readonly StatusCode: number } = await docker.wait();
    return exitCode;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.remove();
  }
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string | null;
}

function checksOf(body: unknown): readonly Check[] {
  const checks: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'checks') : undefined;
  if (!Array.isArray(checks)) {
    throw new TypeError(`/ready answered ${JSON.stringify(body)}`);
  }
  return checks;
}
