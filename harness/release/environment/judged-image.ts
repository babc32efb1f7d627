import type { ResolvedImage } from '@meho/images/image';
import { commitIn } from '@meho/images/recipes/backplane/identity';
import type { SubjectRequest } from './request.ts';

export interface ImageParts {
  readonly repository: string;
  readonly tag: string;
}

export interface JudgedImage extends ImageParts {
  readonly gitSha: string;
}

export async function judgedImage({ image }: SubjectRequest, reference: ResolvedImage): Promise<JudgedImage> {
  return image === undefined
    ? referenceBackplane(reference)
    : { ...splitReference(image.reference), gitSha: image.gitSha };
}

/** Other images word faults differently (contract, "Two dialects"): only status and effect are checked. */
export function isReferenceBackplane({ request }: { readonly request: { readonly subject: SubjectRequest } }): boolean {
  return request.subject.image === undefined;
}

/** The tag names the commit it was built from, even after later commits. */
export function referenceBackplane({ reference }: ResolvedImage): JudgedImage {
  const { repository, tag } = splitReference(reference);
  return { repository, tag, gitSha: commitIn(tag) };
}

/**
 * Splits `host:5000/team/meho:v1`; a port's colon doesn't count.
 *
 * @throws Error without a tag, which the chart requires
 */
export function splitReference(reference: string): ImageParts {
  const match = /^([^@]+):([^:/@]+)$/.exec(reference);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Error(`expected an image reference with a tag, got ${JSON.stringify(reference)}`);
  }
  return { repository: match[1], tag: match[2] };
}
