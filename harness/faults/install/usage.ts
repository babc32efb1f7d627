import { besideOthers, type Fault, type Injection, otherCommandLine, usage } from '../fault.ts';

function fault(id: string, title: string, says: RegExp, overrides: Pick<Injection, 'flags' | 'env'>): Fault {
  return { id: `usage-${id}`, title, expectRed: [usage], says, inject: async () => otherCommandLine(overrides) };
}

/** Refused with exit code 2 before any request. */
export const usageFaults: readonly Fault[] = besideOthers([
  fault('no-sha', '--expected-git-sha is not given', /--expected-git-sha.*required/, {
    flags: { 'expected-git-sha': undefined },
  }),
  fault('bad-sha', '--expected-git-sha is no commit', /--expected-git-sha/, {
    flags: { 'expected-git-sha': 'latest' },
  }),
  fault('unknown-flag', 'a flag is misspelt', /unknown flag --expected-sha/, { flags: { 'expected-sha': 'abcdef0' } }),
  fault('no-cacert', 'the --cacert file is not there', /--cacert/, { flags: { cacert: '/nowhere/ca.pem' } }),
  fault('no-kubeconfig', 'the kubeconfig is not there', /nowhere/, { flags: { kubeconfig: '/nowhere/kubeconfig' } }),
  fault('no-context', 'the context is not in the kubeconfig', /nobody/, { flags: { context: 'nobody' } }),
  fault('bad-token', 'the token holds a line break', /MEHO_ACCESS_TOKEN/, { env: { MEHO_ACCESS_TOKEN: 'a\nb' } }),
  fault('bad-database-url', 'DATABASE_URL is of another database', /DATABASE_URL/, {
    env: { DATABASE_URL: 'mysql://localhost/meho' },
  }),
]);
