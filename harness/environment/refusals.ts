import { schemaOf } from '../helm/chart-schema.ts';
import { refusedBy, roots } from '../helm/fit-values.ts';
import type { ValuesError, Violation } from '../helm/render.ts';
import type { Values } from '../helm/values.ts';
import { inWords, unknownKeys } from '../helm/violation-words.ts';

/**
 * A line for each value that a chart refuses, which says whose it is: the operator's, or one that the run itself sets.
 *
 * @param name of the chart
 * @param sets what the run sets
 */
export function refusals(error: ValuesError, name: string, sets: Values): readonly string[] {
  const schema = schemaOf(error.chart);
  return roots(error.violations)
    .flatMap(each)
    .map((violation) => {
      // Paths of a subchart are not those of this schema.
      const said = inWords(violation, violation.chart === undefined || violation.chart === name ? schema : undefined);
      const isOurs = refusedBy(violation, name, sets).length > 0;
      const whose = isOurs ? 'values that this run sets' : '--values';
      const way = isOurs ? '; every MEHO chart has to take it, so this one can not be judged' : '';
      return `${whose}: at '${violation.path}': ${said}${way}`;
    });
}

/** One for each key: they may be of different people. */
function each(violation: Violation): readonly Violation[] {
  const names = unknownKeys(violation.message);
  return names.length < 2
    ? [violation]
    : names.map((name) => ({ ...violation, message: `additional properties '${name}' not allowed` }));
}
