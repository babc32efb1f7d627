import { schemaOf } from '@meho/helm/chart-schema';
import { describeViolation, unknownKeys } from '@meho/helm/describe-violation';
import { refusedValues, rootViolations } from '@meho/helm/fit-values';
import type { ValuesError, Violation } from '@meho/helm/render';
import type { Values } from '@meho/helm/values';

/** One line per refused value, saying whether the operator or the run set it. */
export function refusals(error: ValuesError, name: string, sets: Values): readonly string[] {
  const schema = schemaOf(error.chart);
  return rootViolations(error.violations)
    .flatMap(eachKey)
    .map((violation) => {
      // A subchart has its own schema.
      const said = describeViolation(
        violation,
        violation.chart === undefined || violation.chart === name ? schema : undefined,
      );
      const isOurs = refusedValues(violation, name, sets).length > 0;
      const whose = isOurs ? 'values that this run sets' : '--values';
      const way = isOurs ? '; every MEHO chart has to take it, so this one can not be judged' : '';
      return `${whose}: at '${violation.path}': ${said}${way}`;
    });
}

/** One per key, because sources may differ. */
export function eachKey(violation: Violation): readonly Violation[] {
  const names = unknownKeys(violation.message);
  return names.length < 2
    ? [violation]
    : names.map((name) => ({ ...violation, message: `additional properties '${name}' not allowed` }));
}
