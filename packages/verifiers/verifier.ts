import type { Check } from '@meho/contract/check';
import type { Flags, ValuesOf } from '@meho/core/command-line/flags';
import type { VerifierEnvironment } from '@meho/core/config';
import type { Subject } from '@meho/helm/subject';
import { type CommonValues, commonFlags } from './flags/common-flags.ts';
import { NETWORK_ENVIRONMENT } from './flags/network-environment.ts';

export interface Verifier<Own extends Flags = Flags> {
  readonly name: string;
  readonly summary: string;
  /** Whether a missing kubeconfig is an error, or skips cluster checks. */
  readonly cluster: 'required' | 'optional';
  /** Without the common ones. */
  readonly flags: Own;
  readonly environment: Readonly<Record<string, string>>;
  /** The backplane's external origin. */
  readonly origin: (values: ValuesOf<Own>) => URL;
  /** To this machine an unencrypted token is always allowed. */
  readonly allowsHttp?: (values: ValuesOf<Own>) => boolean;
  readonly checks: (
    values: ValuesOf<Own> & CommonValues,
    subject: Subject,
    env: VerifierEnvironment,
  ) => readonly Check[];
}

/** Types a verifier's own flags, and hides them from the registry. */
export function defineVerifier<Own extends Flags>(verifier: Verifier<Own>): Verifier {
  const own = (values: ValuesOf<Flags>) => values as ValuesOf<Own>;
  const { allowsHttp, ...rest } = verifier;
  return {
    ...rest,
    // Read by the very flags of the type parameter.
    origin: (values) => verifier.origin(own(values)),
    ...(allowsHttp === undefined ? {} : { allowsHttp: (values) => allowsHttp(own(values)) }),
    checks: (values, subject, env) => verifier.checks(values as ValuesOf<Own> & CommonValues, subject, env),
  };
}

/** Own flags override common ones. */
export function flagsOf<Own extends Flags>({ flags }: Verifier<Own>): Own & typeof commonFlags {
  return { ...flags, ...commonFlags, ...flags };
}

/** For verifiers that ask as an operator. */
export const TOKEN_ENVIRONMENT: Readonly<Record<string, string>> = {
  MEHO_ACCESS_TOKEN: "an operator's bearer token",
};

export const HELM_DRIVER_HELP = 'where helm keeps its records: secret (the default) or configmap';

export const COMMON_ENVIRONMENT: Readonly<Record<string, string>> = {
  DATABASE_URL: "the backplane's database, in the form the backplane takes it",
  KUBECONFIG: 'kubeconfig file or files',
  HELM_DRIVER: HELM_DRIVER_HELP,
  ...NETWORK_ENVIRONMENT,
  NO_COLOR: 'no colours',
};
