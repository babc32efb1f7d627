import { rollbackChecks } from '@meho/contract/checks';
import { defaulted, required } from '@meho/core/command-line/flags';
import { commit, httpsHost, sqlIdentifiers } from '../flags/values.ts';
import { COMMON_ENVIRONMENT, defineVerifier } from '../verifier.ts';

export default defineVerifier({
  name: 'rollback-verify',
  summary: 'Verifies, after N was upgraded to N+1 and rolled back, that image N runs against the schema of N+1.',
  cluster: 'required',
  flags: {
    host: required('HOST[:PORT]', 'host that the Ingress publishes', httpsHost),
    'n-image-sha': required('SHA', 'commit of N, whose build must answer again', commit),
    'expected-schema-columns': defaulted(
      'COLUMN[,…]',
      'columns of audit_log that came with N+1 and must have stayed',
      sqlIdentifiers,
      ['payload_summary'],
      'payload_summary',
    ),
  },
  environment: COMMON_ENVIRONMENT,
  origin: ({ host }) => host,
  checks: (values, subject) =>
    rollbackChecks({ subject, gitSha: values['n-image-sha'], columns: values['expected-schema-columns'] }),
});
