import { isIPv4 } from 'node:net';
import path from 'node:path';
import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseDocument } from 'yaml';
import schema from './given-services.schema.json' with { type: 'json' };

/** External services as pods reach them. No secrets. */
export interface ExternalServices {
  /** Set if it differs from the administrator's URL. */
  readonly postgres: { readonly host?: string; readonly port?: number; readonly cidr?: string };
  readonly vault: { readonly address: string; readonly cidr: string };
  readonly openId: { readonly issuer: string; readonly audience: string; readonly cidr: string };
  /** Prints an operator's token; absent if the environment has one. */
  readonly tokenCommand?: readonly [string, ...string[]];
  /** CAs of Vault and the OpenID provider, PEM. */
  readonly trustBundle?: string;
}

interface Document {
  readonly postgres?: ExternalServices['postgres'];
  readonly vault: { readonly address: string; readonly cidr?: string };
  readonly openid: { readonly issuer: string; readonly audience: string; readonly cidr?: string };
  readonly token?: { readonly command: readonly [string, ...string[]] };
  readonly trustBundle?: string;
}

const validate = new Ajv2020({ allErrors: true }).compile<Document>(schema);

/**
 * YAML or JSON (given-services.schema.json).
 * @throws UsageError with every problem
 */
export function readExternalServices(file: string): ExternalServices {
  const document = documentIn(file);
  if (!validate(document)) {
    throw new UsageError(
      (validate.errors ?? []).map(({ instancePath, message, params }) => {
        const extra = 'additionalProperty' in params ? ` (${params['additionalProperty']})` : '';
        return `${instancePath === '' ? 'the file' : instancePath} ${message}${extra}`;
      }),
    );
  }
  const { postgres = {}, vault, openid, token } = document;
  const problems: string[] = [];
  const cidrOf = (what: string, url: string, cidr: string | undefined) => {
    const address = cidr ?? singleAddress(new URL(url).hostname);
    if (address === undefined) {
      problems.push(
        `/${what}/cidr is needed, since ${new URL(url).hostname} is a name and a NetworkPolicy takes addresses`,
      );
    }
    return address ?? '';
  };
  const services = {
    postgres,
    vault: { address: vault.address, cidr: cidrOf('vault', vault.address, vault.cidr) },
    openId: { ...openid, cidr: cidrOf('openid', openid.issuer, openid.cidr) },
    ...(token === undefined ? {} : { tokenCommand: token.command }),
    ...trustBundleOf(document, file, problems),
  };
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return services;
}

function documentIn(file: string): unknown {
  let text: string;
  try {
    text = readBoundedText(file);
  } catch (error) {
    throw new UsageError([`expected YAML in a file that can be read, but ${whyUnreadable(error)}`], { cause: error });
  }
  // Parser messages quote the text, which may hold secrets.
  const parsed = parseDocument(text, { logLevel: 'silent' });
  const [error] = parsed.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    throw new UsageError([`expected YAML, but ${line === undefined ? 'it' : `line ${line}`} can't be parsed`]);
  }
  try {
    return parsed.toJS();
  } catch {
    throw new UsageError(['expected YAML, but an alias in it leads nowhere or to too much']);
  }
}

function trustBundleOf({ trustBundle }: Document, file: string, problems: string[]): { readonly trustBundle?: string } {
  if (trustBundle === undefined) {
    return {};
  }
  try {
    const text = readBoundedText(path.resolve(path.dirname(file), trustBundle));
    if (text.includes('-----BEGIN CERTIFICATE-----')) {
      return { trustBundle: text };
    }
    problems.push('/trustBundle names a file without certificates in PEM');
  } catch (error) {
    problems.push(`/trustBundle can't be read: ${whyUnreadable(error)}`);
  }
  return {};
}

/** Returns a /32, or undefined for a name. */
export function singleAddress(host: string): string | undefined {
  return isIPv4(host) ? `${host}/32` : undefined;
}
