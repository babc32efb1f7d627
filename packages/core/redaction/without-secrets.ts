import { type Document, isAlias, isMap, parseAllDocuments, visit, type YAMLMap } from 'yaml';

/** Always secret; the names stay. */
const members = ['data', 'stringData'] as const;
const unreadable = '# a document that is no YAML was left out: it may be a Secret\n';

/**
 * Redacts Secrets, which charts may render and helm prints as they are.
 *
 * @param manifest YAML documents, e.g. of `helm get manifest`; lists included
 */
export function withoutSecrets(manifest: string): string {
  const documents = parseAllDocuments(manifest, { logLevel: 'silent' });
  // Without documents the parser returns an object that can't be iterated.
  if (!Array.isArray(documents)) {
    return manifest;
  }
  return documents
    .map((document) => {
      if (document.errors.length > 0) {
        return unreadable;
      }
      visit(document, {
        Map(_key, node) {
          if (node.get('kind') === 'Secret') {
            for (const member of members) {
              redact(document, node, member);
            }
          }
        },
      });
      return document.toString();
    })
    .join('---\n');
}

function redact(document: Document, secret: YAMLMap, member: string): void {
  const found = secret.get(member, true);
  // An alias points elsewhere.
  const values = isAlias(found) ? found.resolve(document) : found;
  if (isMap(values)) {
    for (const { key } of [...values.items]) {
      values.set(key, '[redacted]');
    }
  } else if (secret.has(member)) {
    secret.set(member, '[redacted]');
  }
}
