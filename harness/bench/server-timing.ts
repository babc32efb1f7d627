/**
 * In milliseconds; skips metrics without a duration.
 *
 * @param header e.g. `vault;dur=8.1, schema;desc="two queries";dur=2`
 */
export function serverTimings(header: string): ReadonlyMap<string, number> {
  const metrics = header.split(',').flatMap((metric): (readonly [string, number])[] => {
    const [name = '', ...parameters] = metric.split(';').map((part) => part.trim());
    const dur = parameters.find((parameter) => /^dur\s*=/i.test(parameter));
    const ms = Number(dur?.slice(dur.indexOf('=') + 1));
    return name !== '' && Number.isFinite(ms) ? [[name, ms]] : [];
  });
  return new Map(metrics);
}
