import { besideOthers, type Fault, otherCommandLine } from '../fault.ts';
import { body, front, huge, members, type Rewrite, silent, status } from '../front.ts';

const expectRed = ['version'];
const otherCommit = '0123456789abcdef0123456789abcdef01234567';

function fault(id: string, title: string, says: RegExp, version: Rewrite): Fault {
  return {
    id: `version-${id}`,
    title: `/version ${title}`,
    expectRed,
    says,
    inject: (context) => front(context, { version }),
  };
}

/** Check 4: the expected build answers. */
export const version: readonly Fault[] = besideOthers([
  {
    id: 'version-expected',
    title: 'another commit is expected than runs',
    expectRed,
    says: /another build answers/,
    inject: async () => otherCommandLine({ flags: { 'expected-git-sha': otherCommit } }),
  },
  fault('other', 'names another commit', /another build answers/, members({ git_sha: otherCommit })),
  {
    id: 'version-short',
    title: '/version names 6 digits of the right commit',
    expectRed,
    says: /is no git sha/,
    inject: (context) =>
      front(context, { version: members({ git_sha: context.environment.judged.gitSha.slice(0, 6) }) }),
  },
  fault('unknown', 'says "unknown"', /is no git sha/, members({ git_sha: 'unknown' })),
  fault('empty', 'names an empty commit', /is no git sha/, members({ git_sha: '' })),
  fault('missing', 'names no commit', /no git_sha/, members({ git_sha: undefined })),
  fault('null', 'names null', /not a string/, members({ git_sha: null })),
  fault('number', 'names a number', /not a string/, members({ git_sha: 12345678 })),
  fault('not-json', 'is not JSON', /not valid JSON/, body('{"git_sha":')),
  fault('array', 'is an array', /an array/, body('[]')),
  fault('html', 'is a web page', /content type text\/html/, body('<h1>Welcome</h1>', 'text/html')),
  fault('500', 'answers 500', /\b500\b/, status(500)),
  fault('redirect', 'redirects', /redirect/, status(301, { location: 'https://example.com/version' })),
  fault('slow', 'sends no answer', /sent no answer within/, silent),
  fault('huge', 'sends two megabytes', /sent more than/, huge),
]);
