import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isAlias, isMap, isNode, isSeq, LineCounter, type Node, parseDocument, type YAMLSeq } from 'yaml';
import schema from './rdc-meho.schema.json' with { type: 'json' };
import { rulesOf, type TargetViolation, targetName } from './target.ts';

/** Lines and columns count from 1. */
export interface TargetProblem {
  readonly line: number;
  readonly column: number;
  /** E.g. `rdc-meho.image.tag_policy`; empty for the file. */
  readonly path: string;
  readonly message: string;
}

/** Limit of alias expansion: no real registry needs more. */
const mostAliases = 100;

/** Checks the entry `rdc-meho` and all names; returns problems in line order. */
export function verifyTargets(text: string): readonly TargetProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', merge: true, logLevel: 'silent' });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const broken = document.errors.map(({ message, pos }) => ({
    ...at(pos[0]),
    path: '',
    message: message.split('\n')[0]?.replace(/ at line \d+, column \d+:$/, '') ?? message,
  }));
  if (broken.length > 0) {
    return broken;
  }
  const root = document.contents;
  const list = isMap(root) ? root.get('targets', true) : root;
  if (!isSeq(list)) {
    const message = 'expected a list of targets, by itself or under `targets`';
    return [{ ...at(root?.range?.[0] ?? 0), path: '', message }];
  }
  const resolve = (node: unknown): Node | undefined => {
    const found = isAlias(node) ? node.resolve(document) : node;
    return isNode(found) ? found : undefined;
  };
  const names = (list as YAMLSeq).items.map((item) => nameOf(resolve(item)));
  const problems: TargetProblem[] = [];
  (list as YAMLSeq).items.forEach((item, index) => {
    const place = at(isNode(item) ? (item.range?.[0] ?? 0) : 0);
    const name = names[index];
    if (name === undefined) {
      problems.push({ ...place, path: `[${index}]`, message: 'expected an object with a name' });
    } else if (names.indexOf(name) !== index) {
      problems.push({ ...place, path: name, message: `expected each name once, seen ${JSON.stringify(name)} again` });
    }
  });
  const index = names.indexOf(targetName);
  const entry = resolve((list as YAMLSeq).items[index]);
  if (entry === undefined) {
    return [...problems, { ...at(list.range?.[0] ?? 0), path: '', message: `expected a target named ${targetName}` }];
  }
  const value: unknown = entry.toJS(document, { maxAliasCount: mostAliases });
  for (const { path, expected } of [...byShape(value), ...rulesOf(value)]) {
    const { node, isThere } = nodeAt(entry, path, resolve);
    const seen = isThere ? `, seen ${seenAt(value, path)}` : ', seen nothing';
    problems.push({
      ...at(node.range?.[0] ?? 0),
      path: [targetName, ...path].join('.'),
      message: `expected ${expected}${seen}`,
    });
  }
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function nameOf(node: Node | undefined): string | undefined {
  const name: unknown = isMap(node) ? node.get('name') : undefined;
  return typeof name === 'string' && name.trim() !== '' ? name : undefined;
}

const ajv = addFormats.default(new Ajv2020({ allErrors: true, strict: true }));
const validate = ajv.compile(schema);

function byShape(value: unknown): readonly TargetViolation[] {
  validate(value);
  const found = new Map<string, TargetViolation>();
  for (const error of validate.errors ?? []) {
    const wrong = wrongOf(error);
    // One complaint per value suffices.
    const key = wrong.path.join('.');
    if (!found.has(key)) {
      found.set(key, wrong);
    }
  }
  return [...found.values()];
}

function wrongOf({ instancePath, keyword, params }: ErrorObject): TargetViolation {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  switch (keyword) {
    case 'required':
      return { path: [...path, String(params['missingProperty'])], expected: 'it to be there' };
    case 'type':
      return { path, expected: params['type'] === 'object' ? 'an object' : `a value of type ${params['type']}` };
    case 'const':
      return { path, expected: JSON.stringify(params['allowedValue']) };
    case 'enum':
      return { path, expected: `one of ${(params['allowedValues'] as readonly string[]).join(', ')}` };
    case 'minimum':
      return { path, expected: `${params['limit']} or more` };
    case 'exclusiveMinimum':
      return { path, expected: `more than ${params['limit']}` };
    case 'format':
      return { path, expected: 'an https URL' };
    case 'pattern':
      return { path, expected: patterns[String(params['pattern'])] ?? `what ${params['pattern']} matches` };
    default:
      return { path, expected: `what ${keyword} asks for` };
  }
}

const patterns: Readonly<Record<string, string>> = {
  '\\S': 'text',
  '^https://': 'an https URL',
  '^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$': 'a repository as owner/name',
};

/** Returns the nearest ancestor if the node is missing. */
function nodeAt(entry: Node, path: TargetViolation['path'], resolve: (node: unknown) => Node | undefined) {
  let node = entry;
  for (const [depth, part] of path.entries()) {
    const next = isMap(node) || isSeq(node) ? resolve(node.get(part, true)) : undefined;
    if (next === undefined) {
      return { node, isThere: false, depth };
    }
    node = next;
  }
  return { node, isThere: true, depth: path.length };
}

function seenAt(value: unknown, path: TargetViolation['path']): string {
  let found = value;
  for (const part of path) {
    found = (found as Readonly<Record<string | number, unknown>>)[part];
  }
  const text = JSON.stringify(found) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
