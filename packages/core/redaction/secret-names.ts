/** The last word, or an ending if words aren't separated. */
const nouns =
  /(?:passw(?:or)?ds?|passwd|passphrases?|passcode|secrets?|tokens?|pwd|credentials?|api-?keys?|(?:secret|private|access|account|signing|encryption|unseal)keys?|^(?:pass|pw|cookies?|jwt|authorization|dockerconfigjson|dockercfg|userpass|dbpass|rootpw|storepass|keypass))$/;
const pairs =
  /(?:^|-)(?:(?:api|access|secret|private|account|shared|encryption|signing|master|unseal|recovery|root|client|session|licen[cs]e|ssh|storage|hmac|deploy|app|auth|service|tls|fernet|django|rails|crypt|consumer|subscription)-keys?|key-(?:data|pem)|secret-id|session-id|connection-string|id-rsa|id-ed25519|csrf-?token|(?:user|db|root|admin|key|store|trust|smtp|redis|bind)-pass)$/;
const trailing =
  /-(?:\d+|old|new|current|previous|primary|secondary|values?|data|text|plain|plaintext|base64|b64|raw|encoded|string|hash|default|prod|dev|staging|test|bytes|hex)$/;
/** Names of Secrets, not their content. */
const references = /(?:^|-)(?:existing|credentials?|tls|password|pull|image-pull|mountable|use|create|from)-secrets?$/;

/** Every secret name contains one. */
const parts = /pass|pw|secret|token|cred|key|cookie|jwt|auth|docker|session|connection|rsa|ed25519|csrf/i;

/** Fast; false positives only. */
export function mayNameSecret(text: string): boolean {
  return parts.test(text);
}

const remembered = new Map<string, boolean>();
const mostRemembered = 10_000;

/** E.g. POSTGRES_PASSWORD, adminPassword, client-key-data, X-Vault-Token; not secretName and token_type. */
export function isSecretName(name: string): boolean {
  const before = remembered.get(name);
  if (before !== undefined) {
    return before;
  }
  let words = name
    .slice(-128)
    .replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
  let found = tells(words);
  while (!found && trailing.test(words)) {
    words = words.replace(trailing, '');
    found = tells(words);
  }
  if (remembered.size < mostRemembered) {
    remembered.set(name, found);
  }
  return found;
}

function tells(words: string): boolean {
  const last = words.slice(words.lastIndexOf('-') + 1).replace(/\d+$/, '');
  return (nouns.test(last) || pairs.test(words)) && !references.test(words);
}

const nothing =
  /^(?:|["']["']|true|false|null|nil|none|undefined|yes|no|on|off|~|[*]{3,}|x{3,}|[[{(|>][+-]?|…|\$\{\w+\}|\$\{\{.*\}\}|\$\(.*\)|expected .*|\{\{.*\}\}|<(?:none|unset|nil|redacted|hidden|set to the key)[^>]*>.*|\[(?:redacted|secret)[^\]]*\])[,;]?$/i;

export function isHarmless(name: string, value: string): boolean {
  if (nothing.test(value.replace(/^(["'])(.*)\1$/, '$2'))) {
    return true;
  }
  if (/pwd$/i.test(name) && value.startsWith('/')) {
    return true;
  }
  return /(?:tokens?|secrets?|pass|cookies?|credentials?)$/i.test(name) && /^\d{1,5}(?:\.\d+)?[,;]?$/.test(value);
}
