/** Why a registry's image can't be had, or pushed. */
export interface Refusal {
  /** `limited` and `interrupted` pass by themselves. */
  readonly kind: 'absent' | 'private' | 'limited' | 'interrupted' | 'other-platform' | 'untrusted' | 'away' | 'other';
  /** In one line, with what to do where that isn't plain. */
  readonly reason: string;
}

export interface Asked {
  /** Host and port. */
  readonly registry: string;
  /** Whether Docker's configuration had something to send. */
  readonly hasCredentials: boolean;
}

type Words = readonly [Refusal['kind'], RegExp];

/** Of Docker's and containerd's engines, the first that fits; the specification's codes are in capitals or not. */
const words: readonly Words[] = [
  ['limited', /toomanyrequests|too many requests|\b429\b/i],
  [
    'private',
    /unauthorized|authentication required|no basic auth|access (?:to the resource is )?(?:denied|forbidden)|\bdenied\b|\b40[13] /i,
  ],
  ['other-platform', /no matching manifest for|does not match the specified platform|no match for platform/i],
  ['absent', /manifest[ _]unknown|name[ _]unknown|not found|no such image/i],
  ['untrusted', /x509:|server gave HTTP response to HTTPS client/i],
  ['away', /no such host|connection refused|i\/o timeout|timed? ?out|unreachable|server misbehaving/i],
  [
    'interrupted',
    /unexpected EOF|connection reset|broken pipe|\b50[0234]\b|unexpected status.*5\d\d|short read|\bEOF$/i,
  ],
];

/** @param told what the engine says, or its status 404 */
export function refusalIn(told: string, { registry, hasCredentials }: Asked): Refusal {
  // The status is the engine's own answer to us: 500 for most of what a registry does.
  const said = told.replace(/^\(HTTP code \d+\) [\w ]+ - /, '');
  const kind = words.find(([, pattern]) => pattern.test(said))?.[0] ?? 'other';
  const cause = lastCause(said);
  const reasons: Readonly<Partial<Record<Refusal['kind'], string>>> = {
    private: hasCredentials
      ? `${registry} refuses it to those credentials that Docker's configuration has (${cause})`
      : `${registry} asks for credentials or doesn't have it, and Docker's configuration has none: docker login ${registry} (${cause})`,
    limited: `${registry} takes no more requests for now (${cause})`,
    interrupted: `${registry} broke off (${cause})`,
    untrusted: `the engine doesn't trust ${registry} (${cause}); see /etc/docker/certs.d/${registry}/ca.crt`,
  };
  return { kind, reason: reasons[kind] ?? cause };
}

/** Those that another attempt may mend. */
export function passesByItself({ kind }: Refusal): boolean {
  return kind === 'limited' || kind === 'interrupted';
}

/** Engine messages end with the cause: `… Get "https://…": dial tcp: …: no such host`. */
function lastCause(text: string): string {
  return text.trim().split(': ').at(-1)?.trim() || text;
}
