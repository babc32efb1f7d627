import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface CodeBlock {
  /** As written behind the fence: `sh`, `yaml` or nothing. */
  readonly language: string;
  readonly text: string;
}

/** A Markdown file, reduced to what can be checked. */
export interface Page {
  /** Relative to the repository. */
  readonly file: string;
  readonly text: string;
  /** Targets of links and images. */
  readonly links: readonly string[];
  /** Anchors that GitHub gives its headings. */
  readonly anchors: readonly string[];
  /** In backticks, within a line. */
  readonly code: readonly string[];
  readonly blocks: readonly CodeBlock[];
}

export const withoutSources = ['**/node_modules/**', '**/artefacts/**', 'dist/**', '.git/**'];

export function readPages(root: string): readonly Page[] {
  return globSync('**/*.md', { cwd: root, exclude: withoutSources })
    .toSorted()
    .map((file) => parsePage(file, readFileSync(path.join(root, file), 'utf8')));
}

const fenced = /^( *)(`{3,})(\w*)[^\n]*\n([\s\S]*?)^\1\2`*\s*$/gm;

export function parsePage(file: string, text: string): Page {
  const blocks = [...text.matchAll(fenced)].map(([, , , language = '', body = '']) => ({ language, text: body }));
  const prose = text.replace(fenced, '');
  const words = prose.replace(/`[^`]*`/g, '');
  return {
    file,
    text,
    links: [...words.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
    anchors: [...prose.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => anchorOf(heading)),
    // In a table, a pipe within code is escaped.
    code: [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|')),
    blocks,
  };
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
