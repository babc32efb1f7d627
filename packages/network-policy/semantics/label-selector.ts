import type { V1LabelSelector } from '@kubernetes/client-node';

export type Labels = Readonly<Record<string, string>>;

/**
 * Kubernetes' semantics: all requirements must match; an empty selector matches everything; NotIn and DoesNotExist also
 * match without the key.
 *
 * @throws Error for an operator that the API server rejects
 */
export function matches(selector: V1LabelSelector, labels: Labels): boolean {
  // A label may be called `constructor`: ignore inherited properties.
  const own = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const exact = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => own(key) === value);
  return (
    exact &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = own(key);
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          throw new Error(`unknown operator in a label selector: ${operator}`);
      }
    })
  );
}
