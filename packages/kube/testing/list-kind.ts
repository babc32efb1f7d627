import type { IncomingMessage } from 'node:http';
import * as resources from '../api/resource.ts';

const kinds = new Map(
  Object.values(resources).flatMap((each) => (typeof each === 'object' ? [[each.plural, each.kind] as const] : [])),
);

export function listKindOf({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): string {
  if (headers.accept?.includes('as=PartialObjectMetadataList') === true) {
    return 'PartialObjectMetadataList';
  }
  const plural = new URL(url, 'https://stub').pathname.split('/').at(-1) ?? '';
  return `${kinds.get(plural) ?? 'Unknown'}List`;
}
