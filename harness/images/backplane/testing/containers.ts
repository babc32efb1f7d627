// biome-ignore-all lint/style/noRestrictedImports: specs of the image start what it depends on
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { type OwnedContainer, startOwned, whereabouts } from '../../../containers/owned.ts';
import { StartedIsEnough } from '../../../containers/waiting.ts';
import type { RealThings } from '../../../testing/real-things.ts';
import { holds, never, notYet, waitFor } from '../../../wait/wait-for.ts';
import type { ResolvedImage } from '../../image.ts';

/** What the image's specs need to run it. */
export interface Site {
  readonly things: RealThings;
  readonly network: { readonly name: string };
}

export interface Start {
  readonly image: ResolvedImage;
  readonly environment: Readonly<Record<string, string>>;
  /** Certificates of the authority to trust, in PEM. A file system that is read-only takes no files from outside. */
  readonly authority?: string;
}

const deadlineMs = 60_000;
const port = 8000;
const authorityFile = '/tmp-ca/authority.pem';

/** The image as the chart runs it: uid of the image, no capabilities, read-only root, /tmp writable. */
class RestrictedContainer extends GenericContainer {
  restricted(isReadOnly: boolean): this {
    this.hostConfig.ReadonlyRootfs = isReadOnly;
    this.hostConfig.CapDrop = ['ALL'];
    this.hostConfig.SecurityOpt = ['no-new-privileges'];
    this.hostConfig.Tmpfs = { '/tmp': 'rw,mode=1777' };
    return this;
  }
}

function containerOf({ network }: Site, { image, environment, authority }: Start): RestrictedContainer {
  const container = new RestrictedContainer(image.reference)
    .restricted(authority === undefined)
    .withNetworkMode(network.name)
    .withEnvironment({ ...environment, ...(authority === undefined ? {} : { SSL_CERT_FILE: authorityFile }) })
    .withWaitStrategy(new StartedIsEnough());
  if (authority !== undefined) {
    container.withCopyContentToContainer([{ content: authority, target: authorityFile, mode: 0o644 }]);
  }
  return container;
}

export interface Ended {
  readonly exitCode: number;
  /** Both streams. */
  readonly output: string;
}

/** Runs the image until it ends. @param command instead of its entrypoint; the entrypoint itself when absent */
export async function runToEnd(site: Site, start: Start, command?: readonly [string, ...string[]]): Promise<Ended> {
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
  const docker = containers.getById(owned.started.getId());
  const exitCode = await waitFor(
    'the container to end',
    async () => {
      const { State: state } = await docker.inspect();
      return state.Running ? notYet('it runs') : holds(state.ExitCode);
    },
    { deadlineMs, intervalMs: 50 },
  );
  const log = await docker.logs({ stdout: true, stderr: true });
  return { exitCode, output: withoutFrames(log) };
}

export const migrate = ['python', '-m', 'meho_backplane.db.migrate'] as const;

/** The engine's log stream marks each piece with eight bytes: its stream and length. */
function withoutFrames(log: Buffer): string {
  const pieces: string[] = [];
  for (let at = 0; at + 8 <= log.length; ) {
    const end = at + 8 + log.readUInt32BE(at + 4);
    pieces.push(log.toString('utf8', at + 8, end));
    at = end;
  }
  return pieces.join('');
}

/** A server of the image that answers on /healthz. */
export class RunningImage implements AsyncDisposable {
  readonly url: string;
  readonly #owned: OwnedContainer<StartedTestContainer>;

  private constructor(owned: OwnedContainer<StartedTestContainer>, url: string) {
    this.#owned = owned;
    this.url = url;
  }

  static async start(site: Site, start: Start): Promise<RunningImage> {
    const container = containerOf(site, start).withExposedPorts(port);
    const { labels, signal } = site.things;
    const begin = () => container.start();
    const owned = await startOwned({ what: 'the backplane', container, begin, labels, signal, deadlineMs });
    const id = owned.started.getId();
    const url = await waitFor(
      'the backplane to listen',
      async () => {
        const place = await whereabouts('the backplane', id, site.network.name);
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

  /** The address's answer. @param token a bearer token */
  async get(path: string, token?: string): Promise<{ status: number; body: unknown; requestId: string | null }> {
    const response = await fetch(`${this.url}${path}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const body: unknown = await response.json();
    return { status: response.status, body, requestId: response.headers.get('x-request-id') };
  }

  /** The checks of /ready that fail, by name. */
  async failing(): Promise<Readonly<Record<string, string>>> {
    const { body } = await this.get('/ready');
    const checks = checksOf(body).filter(({ ok }) => !ok);
    return Object.fromEntries(checks.map(({ name, detail }) => [name, String(detail)]));
  }

  /** Ends when /ready fails in these checks, in these words, and in no other. */
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

  /** Sends SIGTERM and gives the exit code once it ended. */
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

export function checksOf(body: unknown): readonly Check[] {
  const checks: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'checks') : undefined;
  if (!Array.isArray(checks)) {
    throw new TypeError(`/ready answered ${JSON.stringify(body)}`);
  }
  return checks;
}
