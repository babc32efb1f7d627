import { INSTALL_BUDGET_SECONDS, installChecks } from '@meho/contract/checks';
import { required, toggle } from '@meho/core/command-line/flags';
import { commit, httpsHost } from '../flags/values.ts';
import { COMMON_ENVIRONMENT, defineVerifier, TOKEN_ENVIRONMENT } from '../verifier.ts';

export default defineVerifier({
  name: 'install-verify',
  summary:
    'Verifies that a cold install came to a working MEHO: rollout, migration, HTTPS, version, authentication, time.',
  cluster: 'required',
  flags: {
    host: required('HOST[:PORT]', 'host that the Ingress publishes', httpsHost),
    'expected-git-sha': required('SHA', 'commit whose build must answer', commit),
    'enforce-budget': toggle(
      `fail when the install took longer than ${INSTALL_BUDGET_SECONDS} s or its start is unknown`,
    ),
  },
  environment: {
    INSTALL_START_TS: "start of the install in seconds since 1970, taken in the wrapper's first instruction",
    ...TOKEN_ENVIRONMENT,
    ...COMMON_ENVIRONMENT,
  },
  origin: ({ host }) => host,
  checks: (values, subject, { installStartTs }) =>
    installChecks({
      subject,
      expectedGitSha: values['expected-git-sha'],
      startedAt: installStartTs,
      enforceBudget: values['enforce-budget'],
    }),
});
