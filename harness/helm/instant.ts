/**
 * A moment as Helm writes it, in nanoseconds since 1970: RFC 3339 in whatever zone helm ran. Undefined for the times that
 * Helm means by "never": an absent one, the empty text of Helm 3 and Go's zero.
 *
 * @throws Error when the text is no such time
 */
export function instantOf(text: string | null | undefined): bigint | undefined {
  if (text === undefined || text === null || text === '') {
    return undefined;
  }
  const [, seconds, fraction = '', zone] =
    /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/.exec(text) ?? [];
  const ms = Date.parse(`${seconds}${zone}`);
  if (seconds === undefined || Number.isNaN(ms)) {
    throw new Error(`${JSON.stringify(text)} is no time in RFC 3339`);
  }
  return ms <= goZeroMs ? undefined : BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Where a zone's offset is written as well, the first day of the year 1 may begin up to a day later. */
const goZeroMs = Date.parse('0001-01-02T00:00:00Z');

/** In whole seconds, as Kubernetes writes its own times. */
export function timeText(instant: bigint): string {
  return new Date(Number(instant / 1_000_000n)).toISOString().replace(/\.\d+Z$/, 'Z');
}
