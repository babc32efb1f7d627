/** A Docker engine that answers, and how this process and testcontainers reach it. */
export interface Engine {
  /** As DOCKER_HOST takes it, e.g. `unix:///var/run/docker.sock`. */
  readonly host: string;
  readonly version: string;
  /** True when it is the private dockerd of this project, which `npm run down` stops. */
  readonly ours: boolean;
}
