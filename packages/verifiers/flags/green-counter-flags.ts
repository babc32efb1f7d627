import { readBoundedText, whyUnreadable } from '@meho/core/bounded-file';
import { defaulted, Invalid, optional, required, toggle } from '@meho/core/command-line/flags';
import { anyText, oneOf, outputFile, wholeSeconds } from '@meho/core/command-line/values';
import { type OperatorNote, readNotes } from '@meho/green-counter/notes';
import { caFile } from './values.ts';

export const greenCounterFlags = {
  repo: required('OWNER/NAME', 'the repository whose smokes are counted', repository),
  workflow: defaulted('FILE', 'file name of the workflow', workflowFile, 'pr-smoke.yml'),
  branch: defaulted('BRANCH', 'the branch that pull requests are merged into', anyText('a branch'), 'main'),
  job: defaulted(
    'NAME',
    "the workflow's job that smokes, alone, as legs of a matrix or in a workflow that is called; skipped: excluded",
    anyText('the name of a job'),
    'smoke',
  ),
  merges: defaulted(
    'any|merge-commits',
    'any: the smoked head is what was merged, also by squash or rebase; merge-commits: it has to be on the branch',
    oneOf('any', 'merge-commits'),
    'any',
  ),
  'min-streak': defaulted('N', 'how many green smokes in a row pass', atLeastOne, 5),
  notes: optional(
    'FILE',
    'operator notes: failures of the infrastructure, a list of run, date, infrastructure, cause',
    notesFile,
  ),
  badge: optional(
    'FILE',
    'write the badge (Shields endpoint), and beside it its evidence and their digests',
    outputFile,
  ),
  clone: optional(
    'FOLDER',
    'complete clone to look in for what is reachable, before GitHub is asked',
    anyText('a folder'),
  ),
  cache: optional(
    'FOLDER',
    'keep answers here: GitHub counts no request that it answers with "unchanged"',
    anyText('a folder'),
  ),
  explain: toggle('print for every run looked at whether it counts, is excluded or resets, and why'),
  output: defaulted(
    'text|json',
    'json: one document on standard output instead of lines',
    oneOf('text', 'json'),
    'text',
  ),
  'api-url': optional('URL', "GitHub's API instead of GITHUB_API_URL or https://api.github.com", apiUrl),
  cacert: optional('FILE', 'trust the certificates in this PEM file instead of the system roots', caFile),
  'request-timeout': defaulted(
    'SECONDS',
    'how long one answer may take, asked for again where GitHub has trouble',
    wholeSeconds(1, 600),
    30,
  ),
  'rate-limit-wait': defaulted('SECONDS', 'how long rate limits may be waited for in all', wholeSeconds(0, 7200), 60),
};

function repository(text: string): string | Invalid {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/.test(text)
    ? text
    : new Invalid('a repository as owner/name');
}

function workflowFile(text: string): string | Invalid {
  return /^[\w.-]+\.ya?ml$/.test(text) ? text : new Invalid('the file name of a workflow, e.g. pr-smoke.yml');
}

function atLeastOne(text: string): number | Invalid {
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : new Invalid('a whole number from 1 on');
}

function notesFile(file: string): readonly OperatorNote[] | Invalid {
  let text: string;
  try {
    text = readBoundedText(file);
  } catch (error) {
    return new Invalid(`a readable file (${whyUnreadable(error)})`);
  }
  const { notes, problems } = readNotes(text);
  return problems.length === 0 ? notes : new Invalid(`notes without faults (${problems.join('; ')})`);
}

/** No token in clear text, except to this machine. */
export function apiUrl(text: string): URL | Invalid {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return url !== undefined && (url.protocol === 'https:' || isLocal) && url.search === '' && url.username === ''
    ? url
    : new Invalid('an https URL, e.g. https://api.github.com');
}
