/** Several times what the largest object that etcd holds can have, or a page of GitHub's. */
const MOST_MEMBERS = 1_000_000;
/** A shorter text can't have more: each takes two characters at least. */
const SHORTEST = 2 * MOST_MEMBERS;

export class TooManyMembers extends Error {
  constructor() {
    super(`it has more than ${MOST_MEMBERS} members`);
    this.name = 'TooManyMembers';
  }
}

/**
 * Parses JSON of a server: 16 MiB of `{},` take 0.7 GB as objects.
 * @throws SyntaxError; TooManyMembers before anything is made of it
 */
export function parseJson(text: string): unknown {
  if (text.length > SHORTEST && membersOf(text) > MOST_MEMBERS) {
    throw new TooManyMembers();
  }
  return JSON.parse(text);
}

/** Rather too many: those in texts count as well. Stops when there are more than may be. */
function membersOf(text: string): number {
  let count = 0;
  // One search for each is many times faster than looking at each character: most of a large answer is text.
  for (const mark of [',', '{', '[']) {
    for (let at = text.indexOf(mark); at >= 0 && count <= MOST_MEMBERS; at = text.indexOf(mark, at + 1)) {
      count += 1;
    }
  }
  return count;
}
