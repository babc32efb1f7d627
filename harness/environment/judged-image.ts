import { commitIn } from '../images/backplane/identity.ts';
import type { ResolvedImage } from '../images/image.ts';
import type { SubjectRequest } from './request.ts';

/** An image in a chart's terms. */
export interface ImageParts {
  /** For `image.repository`. */
  readonly repository: string;
  /** For `image.tag`. */
  readonly tag: string;
}

/** The image under test. */
export interface JudgedImage extends ImageParts {
  /** The commit that `/version` has to name. */
  readonly gitSha: string;
}

/** The image that was asked for, or the reference backplane built from this work tree. */
export async function judgedImage({ image }: SubjectRequest, reference: ResolvedImage): Promise<JudgedImage> {
  return image === undefined ? built(reference) : { ...splitReference(image.reference), gitSha: image.gitSha };
}

/**
 * Whether the reference backplane is judged, whose reason words are ours. What another image calls a fault is its own
 * (contract, "Two dialects"): of that one status and effect are held alone.
 */
export function speaksOurWords({ request }: { readonly request: { readonly subject: SubjectRequest } }): boolean {
  return request.subject.image === undefined;
}

/** A reference backplane. Its tag says which commit it was built from, also when somebody has committed since. */
export function built({ reference }: ResolvedImage): JudgedImage {
  const { repository, tag } = splitReference(reference);
  return { repository, tag, gitSha: commitIn(tag) };
}

/**
 * `host:5000/team/meho:v1` as repository and tag: the colon of a port is not that of a tag.
 *
 * @throws Error without a tag, since the chart takes no other reference
 */
export function splitReference(reference: string): ImageParts {
  const match = /^([^@]+):([^:/@]+)$/.exec(reference);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Error(`expected an image reference with a tag, got ${JSON.stringify(reference)}`);
  }
  return { repository: match[1], tag: match[2] };
}
