export interface Engine {
  /** In DOCKER_HOST's format, e.g. `unix:///var/run/docker.sock`. */
  readonly host: string;
  readonly version: string;
  /** The private dockerd, which `npm run down` stops. */
  readonly ours: boolean;
  readonly tls?: EngineTls;
}

/** Holds a private key: never printed. */
export interface EngineTls {
  /** For DOCKER_CERT_PATH. */
  readonly folder: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}
