import { createHash } from 'node:crypto';
import path from 'node:path';
import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { Invalid } from '@meho/core/command-line/flags';
import { anyText } from '@meho/core/command-line/values';
import { messageOf, UsageError } from '@meho/core/problem';
import { isFields } from '@meho/kube/api/fields';
import { parse } from 'yaml';
import { address, commit, httpsHost, namespaceName, releaseName } from '../flags/values.ts';
import type { FleetMember } from './fleet-member.ts';

/** What a list says of a release; the flags say the rest. */
export interface ListedRelease
  extends Pick<FleetMember, 'namespace' | 'release' | 'host' | 'expectedGitSha' | 'connectTo'> {
  /** As in the list, from the list's folder. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface FleetList {
  readonly releases: readonly ListedRelease[];
  /** Of its text. */
  readonly digest: string;
}

/** Named as the flags are. */
const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  kubeconfig: anyText('a file name'),
  context: anyText('a context name'),
  namespace: namespaceName,
  release: releaseName,
  host: httpsHost,
  'expected-git-sha': commit,
  'connect-to': address,
};

/** YAML or JSON: a list `releases`. @throws UsageError with every problem */
export function readFleetList(file: string): FleetList {
  const text = textOf(file);
  const found = yamlOf(text, file);
  const list = isFields(found) ? found['releases'] : undefined;
  if (!Array.isArray(list) || list.length === 0) {
    throw new UsageError([`--releases ${file}: expected a list \`releases\` with at least one, there is none`]);
  }
  const problems: string[] = [];
  const releases = list.map((item, index) => listedOf(item, `--releases ${file}: releases[${index}]`, problems));
  const keys = releases.map((release) => JSON.stringify(release));
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice >= 0 && problems.length === 0) {
    problems.push(`--releases ${file}: releases[${twice}]: expected each release once, it stands before it, too`);
  }
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  const folder = path.dirname(file);
  return {
    releases: releases.map(({ kubeconfig, ...rest }) =>
      kubeconfig === undefined ? rest : { ...rest, kubeconfig: path.resolve(folder, kubeconfig) },
    ),
    digest: createHash('sha256').update(text).digest('hex'),
  };
}

function listedOf(item: unknown, where: string, problems: string[]): ListedRelease {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(isFields(item) ? item : {})) {
    const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
    // A commit of digits alone is a number to YAML.
    const parsed = parser?.(typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '');
    if (parsed === undefined) {
      problems.push(`${where}: expected ${Object.keys(parsers).join(', ')}, got ${JSON.stringify(name)}`);
    } else if (parsed instanceof Invalid) {
      problems.push(`${where}: ${name}: expected ${parsed.expected}`);
    } else {
      given[name] = parsed;
    }
  }
  if (!isFields(item)) {
    problems.push(`${where}: expected a release with ${Object.keys(parsers).join(', ')}`);
  }
  const { 'expected-git-sha': expectedGitSha, 'connect-to': connectTo, ...rest } = given;
  return {
    ...{ namespace: 'meho', release: 'meho' },
    ...rest,
    ...(expectedGitSha === undefined ? {} : { expectedGitSha }),
    ...(connectTo === undefined ? {} : { connectTo }),
    // Each by the parser of its own name.
  } as ListedRelease;
}

function textOf(file: string): string {
  try {
    return readBoundedText(file);
  } catch (error) {
    throw new UsageError([`--releases ${file}: expected a readable file, but ${whyUnreadable(error)}`], {
      cause: error,
    });
  }
}

function yamlOf(text: string, file: string): unknown {
  try {
    return parse(text, { schema: 'core' });
  } catch (error) {
    const [said] = messageOf(error).split('\n');
    throw new UsageError([`--releases ${file}: expected YAML: ${said}`], { cause: error });
  }
}
