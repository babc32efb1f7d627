import { statSync } from 'node:fs';
import path from 'node:path';
import { readBounded, readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { Invalid } from '@meho/core/command-line/flags';
import { asGoYaml } from '@meho/kube/go-yaml';
import { isMap, parseAllDocuments, parseDocument } from 'yaml';

/** Checks images and charts before anything is created. */

const component = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const host = '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9-]+)*|\\[[0-9a-fA-F:]+\\])(?::\\d{1,5})?';
const repository = new RegExp(`^(?:${host}/)?${component}(?:/${component})*$`);

/** `[REGISTRY/]REPOSITORY`, without tag or digest. */
export function imageRepository(text: string): string | Invalid {
  return repository.test(text) ? text : new Invalid('an image without tag and digest, e.g. ghcr.io/evoila/meho');
}

export function imageTag(text: string): string | Invalid {
  return /^\w[\w.-]{0,127}$/.test(text) ? text : new Invalid("an image's tag, e.g. pr-7-3f2a9c1");
}

/** A folder, archive, or registry reference. */
export function chart(text: string): string | Invalid {
  if (text.includes('://')) {
    return new RegExp(`^oci://${host}/${component}(?:/${component})*$`).test(text)
      ? text
      : new Invalid('a chart in a registry as oci://HOST[:PORT]/PATH, without a tag (--chart-version has it)');
  }
  const place = path.resolve(text);
  const found = statSync(place, { throwIfNoEntry: false });
  if (text === '' || found === undefined) {
    return new Invalid("a chart's folder, a packed chart or oci://…, and there is nothing of that name");
  }
  return found.isDirectory() ? chartFolder(place) : (readTwice(place) ?? packedChart(place));
}

function chartFolder(place: string): string | Invalid {
  const file = path.join(place, 'Chart.yaml');
  const text = readText(file);
  if (text instanceof Invalid) {
    return new Invalid(`a folder with a Chart.yaml: ${text.expected}`);
  }
  const document = parseDocument(text, { logLevel: 'silent' });
  const [name, version] = isMap(document.contents) ? ['name', 'version'].map((key) => document.get(key)) : [];
  return document.errors.length === 0 && typeof name === 'string' && typeof version === 'string'
    ? place
    : new Invalid('a folder whose Chart.yaml is YAML with name and version');
}

/** Helm packs charts with gzip, whose files start like this. */
function packedChart(place: string): string | Invalid {
  try {
    const [first, second] = readBounded(place);
    return first === 0x1f && second === 0x8b ? place : new Invalid('a packed chart (.tgz), which that file is not');
  } catch (error) {
    return new Invalid(`a packed chart that can be read (${whyUnreadable(error)})`);
  }
}

/**
 * Checks that a file for helm's `--values` is a YAML mapping or empty. It may be secret, so messages don't quote it.
 */
export function valuesFile(text: string): string | Invalid {
  const file = path.resolve(text);
  const content = text === '' ? new Invalid('a file name') : (readTwice(file) ?? readText(file));
  if (content instanceof Invalid) {
    return content;
  }
  const documents = parseAllDocuments(content, asGoYaml);
  const [document, ...more] = 'empty' in documents ? [] : documents;
  const error = document?.errors[0];
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    return new Invalid(`YAML${line === undefined ? '' : `; line ${line} can't be parsed`}`);
  }
  if (more.length > 0) {
    return new Invalid(`one YAML document, not ${more.length + 1}`);
  }
  let values: unknown;
  try {
    values = document?.toJS();
  } catch {
    // Its message may quote the text.
    return new Invalid('YAML whose aliases and merge keys (<<) lead to mappings that are there, and to not too much');
  }
  return document === undefined || isMap(document.contents) || isNothing(values)
    ? file
    : new Invalid('YAML whose top level is a mapping of values');
}

const isNothing = (value: unknown) => value === null || value === undefined;

/** Accepts a range as well, as helm does. */
export function chartVersion(text: string): string | Invalid {
  return /^[\w.+*^~<>=|, -]+$/.test(text) ? text : new Invalid("a chart's version, e.g. 1.2.3");
}

/** Helm reads the file once more, but a pipe such as `<(…)` can be read only once. */
export function readTwice(file: string): Invalid | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFIFO() === true || found?.isSocket() === true || found?.isCharacterDevice() === true
    ? new Invalid('a plain file, since it is read more than once, not a pipe or a device; write it to a file first')
    : undefined;
}

function readText(file: string): string | Invalid {
  try {
    return readBoundedText(file);
  } catch (error) {
    return new Invalid(`a file that can be read (${whyUnreadable(error)})`);
  }
}
