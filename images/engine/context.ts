import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { readDockerEnvironment } from '@meho/core/config/docker';
import { UsageError } from '@meho/core/problem';
import type { EngineTls } from './engine.ts';
import { tlsFrom } from './tls-material.ts';

export function currentContext(folder: string): { readonly name: string; readonly source: string } | undefined {
  const file = join(folder, 'config.json');
  const name = field(readObject(file, "Docker's configuration", { absent: 'nothing' }), 'currentContext');
  if (name !== undefined && name !== null && typeof name !== 'string') {
    throw new UsageError([`Docker's configuration ${file}: expected a text as currentContext`]);
  }
  return name === undefined || name === null || name === ''
    ? undefined
    : { name, source: `Docker context ${name} (currentContext of ${file})` };
}

/**
 * Docker stores a context under the digest of its name.
 * @throws UsageError if it is missing, unreadable or unsupported
 */
export function contextOf(
  folder: string,
  name: string,
  source: string,
): { readonly host: string; readonly tls: EngineTls | undefined } {
  const digest = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', digest, 'meta.json');
  const meta = readObject(file, source, { absent: 'refused' });
  const endpoint = field(field(meta, 'Endpoints'), 'docker');
  const host = field(endpoint, 'Host') ?? '';
  const unverified = field(endpoint, 'SkipTLSVerify') ?? false;
  if (typeof endpoint !== 'object' || endpoint === null) {
    throw new UsageError([`${source}: ${file} names no Docker engine (Endpoints.docker)`]);
  }
  if (typeof host !== 'string' || typeof unverified !== 'boolean') {
    throw new UsageError([`${source}: expected a text as Host and a yes or no as SkipTLSVerify in ${file}`]);
  }
  if (unverified) {
    throw new UsageError([
      `${source} has SkipTLSVerify, and testcontainers always verifies; give the context its engine's ca.pem: docker context update ${name} --docker "host=${host},ca=ca.pem,cert=cert.pem,key=key.pem"`,
    ]);
  }
  const material = join(folder, 'contexts', 'tls', digest, 'docker');
  const hasMaterial = existsSync(material) && readdirSync(material).length > 0;
  return { host, tls: hasMaterial ? tlsFrom(material, source) : undefined };
}

/**
 * testcontainers reads this, or DOCKER_AUTH_CONFIG, at import and ends the process unless it is a JSON object; so check
 * it first.
 */
export function clientConfigProblems({ configFolder, authConfig } = readDockerEnvironment()): readonly string[] {
  try {
    currentContext(configFolder);
    if (authConfig !== undefined) {
      parsedObject(authConfig, 'DOCKER_AUTH_CONFIG', 'it');
    }
    return [];
  } catch (error) {
    if (error instanceof UsageError) {
      return error.problems;
    }
    throw error;
  }
}

function readObject(file: string, what: string, { absent }: { readonly absent: 'nothing' | 'refused' }): unknown {
  let text: string;
  try {
    text = readBoundedText(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (absent === 'nothing' && (code === 'ENOENT' || code === 'ENOTDIR')) {
      return undefined;
    }
    const why =
      code === 'ENOENT'
        ? `there is no ${file}; \`docker context ls\` lists those that are there`
        : `${file}: ${whyUnreadable(error)}`;
    throw new UsageError([`${what} can't be read: ${why}`], { cause: error });
  }
  return parsedObject(text, what, file);
}

function parsedObject(text: string, what: string, file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Parser messages repeat the input, which may hold registry credentials.
    throw new UsageError([`${what}: expected JSON in ${file}; mend it`]);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError([`${what}: expected a JSON object in ${file}; mend it`]);
  }
  return value;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
