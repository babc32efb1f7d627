import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import type { SourceRange } from '../../finding.ts';
import type { Comment } from '../../overrides.ts';
import type { Block } from './python.ts';
import { convertBlock } from './statements-of.ts';

export interface ParsedPython {
  readonly body: Block;
  readonly comments: readonly Comment[];
  /** Text that isn't Python, or that this grammar doesn't know. */
  readonly errors: readonly SourceRange[];
}

export function parsePython(source: string): ParsedPython {
  const tree: Tree = parser.parse(source);
  const comments: Comment[] = [];
  const errors: SourceRange[] = [];
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.name === 'Comment') {
        comments.push({ text: source.slice(from, to), range: { start: from, end: to } });
      } else if (type.isError) {
        errors.push({ start: from, end: to });
      }
    },
  });
  return { body: convertBlock(childrenOf(tree.topNode), source), comments, errors };
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Comment') {
      children.push(child);
    }
  }
  return children;
}
