import { SMOKE_ANSWER_SECONDS, SMOKE_BUDGET_SECONDS, smokeChecks } from '@meho/contract/checks';
import { defaulted, required, toggle } from '@meho/core/command-line/flags';
import { wholeSeconds } from '@meho/core/command-line/values';
import { httpUrl } from '../flags/values.ts';
import { COMMON_ENVIRONMENT, defineVerifier, TOKEN_ENVIRONMENT } from '../verifier.ts';

export default defineVerifier({
  name: 'smoke',
  summary:
    'Verifies the federation chain over one authenticated request: login, status, Vault, audit row, migration, time.',
  cluster: 'optional',
  flags: {
    backplane: required('URL', 'where the backplane is reached, e.g. https://meho.example.com', httpUrl),
    'allow-http': toggle('send the token over plain http as well, e.g. to a Service inside the cluster'),
    'skip-login': toggle('do not assert leg 1; the other legs still need the token'),
    'enforce-budget': toggle(`fail when the smoke took longer than ${SMOKE_BUDGET_SECONDS} s or its start is unknown`),
    'request-timeout': defaulted(
      'SECONDS',
      'how long one answer may take: longer than the backplane waits for Vault',
      wholeSeconds(1, 600),
      SMOKE_ANSWER_SECONDS,
    ),
  },
  environment: {
    SMOKE_START_TS: "start of the smoke in seconds since 1970, taken in the wrapper's first instruction",
    ...TOKEN_ENVIRONMENT,
    ...COMMON_ENVIRONMENT,
  },
  origin: ({ backplane }) => backplane,
  allowsHttp: (values) => values['allow-http'],
  checks: (values, subject, { smokeStartTs }) =>
    smokeChecks({
      subject,
      startedAt: smokeStartTs,
      enforceBudget: values['enforce-budget'],
      skipLogin: values['skip-login'],
    }),
});
