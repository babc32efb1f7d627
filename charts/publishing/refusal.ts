/** Why a chart can't be pushed, signed or pulled. */
export type Cause = 'limited' | 'private' | 'absent' | 'unsigned' | 'tampered' | 'untrusted' | 'away' | 'unknown';

export class Refusal extends Error {
  readonly kind: Cause;

  constructor(cause: Cause, reference: string, seen: string) {
    super(`expected ${reference} ${expectations[cause]}; seen ${seen}; next: ${next[cause]}`);
    this.name = 'Refusal';
    this.kind = cause;
  }
}

/** Words of helm 3 and 4 (oras) and cosign (go-containerregistry); the first that fits. */
const words: readonly (readonly [Cause, RegExp])[] = [
  ['unsigned', /no (?:matching )?signatures/i],
  ['tampered', /mismatched digest|digest mismatch|does not match digest/i],
  ['limited', /status code 429|toomanyrequests/i],
  ['private', /status code 40[13]|unauthorized|credential not found|\bdenied\b/i],
  ['absent', /status code 404|manifest_unknown|name_unknown|: not found\b/i],
  ['untrusted', /x509:/],
  [
    'away',
    /status code 5\d\d|connection (?:refused|reset)|\bEOF\b|no such host|timeout|timed out|network is unreachable/i,
  ],
];

const expectations: Readonly<Record<Cause, string>> = {
  limited: 'to be answered for',
  private: 'to be open to whoever asks',
  absent: 'to be there',
  unsigned: 'to be signed',
  tampered: 'to be what was published',
  untrusted: 'at a registry whose certificate is trusted',
  away: 'at a registry that answers to the end',
  unknown: 'to be served',
};

const next: Readonly<Record<Cause, string>> = {
  limited: 'wait until the registry takes requests again, then run this step once more',
  private:
    'log in, or make a new package public once: gh api --method PATCH /orgs/OWNER/packages/container/meho-chart -f visibility=public',
  absent: 'compare name and version with those that were pushed',
  unsigned: 'run the signing step for this digest again, and install nothing before',
  tampered: 'do not use it: find out who has pushed since, and publish again',
  untrusted: "see whose certificate it is, and let SSL_CERT_FILE name the registry's authority",
  away: 'run this step again once the registry answers: nothing is published twice',
  unknown: 'read what was said above',
};

export function causeIn(said: string): Cause {
  return words.find(([, pattern]) => pattern.test(said))?.[0] ?? 'unknown';
}

/** @param said what a program wrote before it failed */
export function refusalOf(reference: string, said: string): Refusal {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const last = lines.findLast((line) => line.startsWith('Error: ')) ?? lines.at(-1) ?? 'no word of why';
  return new Refusal(causeIn(said), reference, last.replace(/^Error: /, '').trim());
}
