import { readFileSync } from 'node:fs';
import { isTable } from '@meho/helm/value-path';
import { parse } from 'yaml';
import { CHART_FOLDER } from './chart-folder.ts';
import { type Place, placesOf, readSchema, type Schema } from './schema.ts';
import { REQUIRED_PATHS, type Values, valueAt } from './values.ts';

/** Parts of the package's README that are made of the schemas and of the values that are shipped. */
export type Section = 'required' | 'values' | 'broadcast' | 'refusals';

const files = { '': '', broadcast: 'charts/broadcast/' } as const;

function shipped(folder: string): Values {
  const values: unknown = parse(readFileSync(`${CHART_FOLDER}/${folder}values.yaml`, 'utf8'));
  return isTable(values) ? values : {};
}

/** Keys that values.yaml has, without the tables that hold others. */
function keysOf(folder: string): readonly (Place & { readonly value: unknown })[] {
  const values = shipped(folder);
  return placesOf(readSchema(`${CHART_FOLDER}/${folder}values.schema.json`))
    .filter(({ pointer }) => pointer !== '' && !pointer.includes('/0'))
    .map((place) => ({ ...place, value: valueAt(values, place.pointer) }))
    .filter(({ value }) => value !== undefined && !(isTable(value) && Object.keys(value).length > 0));
}

const dotted = (pointer: string, prefix = '') => `${prefix}${pointer.slice(1).replaceAll('/', '.')}`;
const cell = (text: string) => text.replaceAll('|', '\\|');
const code = (value: unknown) => `\`${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}\``;

function rows(folder: string, prefix: string): string {
  return keysOf(folder)
    .filter(({ pointer }) => !REQUIRED_PATHS.includes(pointer))
    .map(
      ({ pointer, schema, value }) =>
        `| \`${dotted(pointer, prefix)}\` | ${cell(code(value))} | ${cell(schema.description ?? '')} |\n`,
    )
    .join('');
}

/** A shape's words, and which keys have it: what `does not match pattern` means there. */
function refusals(): string {
  const raw: unknown = JSON.parse(readFileSync(`${CHART_FOLDER}/values.schema.json`, 'utf8'));
  const definitions = isTable(raw) && isTable(raw['definitions']) ? raw['definitions'] : {};
  const byShape = new Map<string, string[]>();
  const look = (schema: unknown, pointer: string): void => {
    if (!isTable(schema)) {
      return;
    }
    const name = typeof schema['$ref'] === 'string' ? schema['$ref'].replace('#/definitions/', '') : undefined;
    const shape = name === undefined ? undefined : (definitions[name] as Schema & { readonly pattern?: string });
    if (name !== undefined && shape?.pattern !== undefined) {
      byShape.set(name, [...(byShape.get(name) ?? []), `\`${dotted(pointer)}\``]);
      return;
    }
    for (const [key, inner] of Object.entries(isTable(schema['properties']) ? schema['properties'] : {})) {
      look(inner, `${pointer}/${key}`);
    }
  };
  look(raw, '');
  return [...byShape]
    .map(([name, keys]) => `| ${keys.join(', ')} | ${cell(String((definitions[name] as Schema).description))} |\n`)
    .join('');
}

export function sectionText(section: Section): string {
  switch (section) {
    case 'required': {
      const places = placesOf(readSchema(`${CHART_FOLDER}/values.schema.json`));
      const described = REQUIRED_PATHS.map((path) => {
        const { schema } = places.find(({ pointer }) => pointer === path) ?? {};
        return `| \`${dotted(path)}\` | ${cell((schema?.description ?? '').replace(/^Required\. /, ''))} |\n`;
      });
      return `| path | what it is |\n| --- | --- |\n${described.join('')}`;
    }
    case 'values':
      return `| path | default | what it is |\n| --- | --- | --- |\n${rows(files[''], '')}`;
    case 'broadcast':
      return `| path | default | what it is |\n| --- | --- | --- |\n${rows(files.broadcast, 'broadcast.')}`;
    case 'refusals':
      return `| path | it has to be |\n| --- | --- |\n${refusals()}`;
  }
}

const marked = /(<!-- (required|values|broadcast|refusals): made of the schema -->\n)[\s\S]*?(<!-- end -->)/g;

/** The README with its tables made anew. */
export function madeAnew(readme: string): string {
  return readme.replace(
    marked,
    (_, begin: string, section: Section, end: string) => `${begin}${sectionText(section)}${end}`,
  );
}
