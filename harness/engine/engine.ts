/** A Docker engine that answers, and how this process and testcontainers reach it. */
export interface Engine {
  /** As DOCKER_HOST takes it, e.g. `unix:///var/run/docker.sock`. */
  readonly host: string;
  readonly version: string;
  /** True when it is the private dockerd of this project, which `npm run down` stops. */
  readonly ours: boolean;
  readonly tls?: EngineTls;
}

/** What an engine behind TLS is verified by, and what it verifies us by. Holds a private key: never printed. */
export interface EngineTls {
  /** Where the files are, as DOCKER_CERT_PATH names it. */
  readonly folder: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}
