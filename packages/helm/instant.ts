/**
 * Nanoseconds since 1970 from RFC 3339 of any zone. Undefined for Helm's "never": absent, Helm 3's empty text, Go's
 * zero.
 *
 * @throws Error for other text
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

/** With a zone offset, Go's zero may be up to a day later. */
const goZeroMs = Date.parse('0001-01-02T00:00:00Z');

export function timeText(instant: bigint): string {
  return new Date(Number(instant / 1_000_000n)).toISOString().replace(/\.\d+Z$/, 'Z');
}
