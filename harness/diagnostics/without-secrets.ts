import { type Document, isAlias, isMap, parseAllDocuments, visit, type YAMLMap } from 'yaml';

/** Members of a Secret whose values are secret, whatever they look like; their names tell what was there. */
const members = ['data', 'stringData'] as const;
const unreadable = '# a document that is no YAML was left out: it may be a Secret\n';

/**
 * A manifest with the values of its Secrets taken out. Charts may render Secrets, and helm gives them as they are.
 *
 * @param manifest YAML documents, e.g. of `helm get manifest`; lists of objects are looked into
 */
export function withoutSecrets(manifest: string): string {
  const documents = parseAllDocuments(manifest, { logLevel: 'silent' });
  // Without any document the parser gives one value of its own, which can't be gone through.
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
  // What an alias stands for is written elsewhere.
  const values = isAlias(found) ? found.resolve(document) : found;
  if (isMap(values)) {
    for (const { key } of [...values.items]) {
      values.set(key, '[redacted]');
    }
  } else if (secret.has(member)) {
    secret.set(member, '[redacted]');
  }
}
