/** A login page, a proxy, another service. */
export class NotKubernetes extends Error {
  /** E.g. `it sends HTML to GET /api/v1/namespaces`. */
  readonly observed: string;

  constructor(server: URL, observed: string, options?: ErrorOptions) {
    super(`what answers at ${server.origin} is not the Kubernetes API: ${observed}`, options);
    this.name = 'NotKubernetes';
    this.observed = observed;
  }
}
