/** One request as an API server's audit log has it (audit.k8s.io/v1, `Metadata` level), as far as it is read here. */
export interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** A policy for `--kube-apiserver-arg=audit-policy-file=…`: every request of one user, once it was answered. */
export function auditPolicyFor(username: string): string {
  return [
    'apiVersion: audit.k8s.io/v1',
    'kind: Policy',
    'omitStages: [RequestReceived]',
    'rules:',
    `  - { level: Metadata, users: [${JSON.stringify(username)}] }`,
    '  - { level: None }',
    '',
  ].join('\n');
}

/** @throws SyntaxError for a line that is no event: a log that can't be read in whole proves nothing */
export function parseAuditLog(text: string): readonly AuditEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
}

const reads = new Set(['get', 'list', 'watch']);
/** Ways into a pod, a service or a node: what is done behind them is in no log, and a WebSocket comes in by a `get`. */
const waysIn = new Set(['exec', 'attach', 'portforward', 'proxy']);
/** Questions that the server answers and doesn't keep. */
const questions = new Set(['authentication.k8s.io', 'authorization.k8s.io']);

/** What a user has done to a cluster, by its audit log. */
export interface Writes {
  readonly requests: number;
  readonly writes: number;
  /** Namespaces that the user has made, in order. */
  readonly made: readonly string[];
  /** Namespaces that it has asked to remove without having made them within this log. */
  readonly removed: readonly string[];
  /** Every other write, refused ones as well, that isn't inside a namespace which it had made before. */
  readonly outside: readonly string[];
}

/** Reads the whole log, in the order in which requests were answered. */
export function writesOf(events: readonly AuditEvent[], username: string): Writes {
  const own = events.filter(({ user, stage }) => user.username === username && stage !== 'RequestReceived');
  const writes = own.filter(
    ({ verb, objectRef }) =>
      (!reads.has(verb) || waysIn.has(objectRef?.subresource ?? '')) && !questions.has(objectRef?.apiGroup ?? ''),
  );
  const made = new Set<string>();
  const removed: string[] = [];
  const outside: string[] = [];
  for (const event of writes) {
    const { verb, objectRef: { resource, subresource, namespace, name, apiGroup = '' } = {}, responseStatus } = event;
    const isNamespace = resource === 'namespaces' && apiGroup === '' && subresource === undefined;
    const isMade = (which: string | undefined) => which !== undefined && made.has(which);
    // One whose name the server made up isn't told here: what is done in it can't be told from what is done elsewhere.
    const subject = name ?? namespace;
    if (isNamespace && verb === 'create' && subject !== undefined && isSuccess(responseStatus?.code)) {
      made.add(subject);
    } else if (isNamespace && verb === 'delete' && !isMade(name)) {
      removed.push(name ?? '');
    } else if (!(isMade(namespace) || (isNamespace && isMade(name)))) {
      const what = [resource, subresource, name].filter((part) => part !== undefined).join('/');
      outside.push(`${verb} ${what} in ${namespace ?? 'the cluster'}: ${responseStatus?.code ?? 'no answer'}`);
    }
  }
  return { requests: own.length, writes: writes.length, made: [...made], removed, outside };
}

function isSuccess(code: number | undefined): boolean {
  return code !== undefined && code >= 200 && code < 300;
}
