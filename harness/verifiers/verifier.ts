import type { VerifierEnvironment } from '../config.ts';
import type { Check } from '../contract/check.ts';
import type { Subject } from '../contract/subject.ts';
import { type CommonValues, commonFlags } from './common-flags.ts';
import type { Flags, ValuesOf } from './flags.ts';
import { NETWORK_ENVIRONMENT } from './network-environment.ts';

/** A command line around an ordered list of checks. */
export interface Verifier<Own extends Flags = Flags> {
  readonly name: string;
  readonly summary: string;
  /** Whether a run without any kubeconfig is wrong, or only leaves out what needs the cluster. */
  readonly cluster: 'required' | 'optional';
  /** Its own flags; the common ones come with every verifier. */
  readonly flags: Own;
  /** Variables that it reads, with what they are for. */
  readonly environment: Readonly<Record<string, string>>;
  /** Scheme, host and port under which the backplane is reached from outside. */
  readonly origin: (values: ValuesOf<Own>) => URL;
  /** Whether somebody has said that a token may travel unencrypted; to this machine itself it always may. */
  readonly allowsHttp?: (values: ValuesOf<Own>) => boolean;
  readonly checks: (
    values: ValuesOf<Own> & CommonValues,
    subject: Subject,
    env: VerifierEnvironment,
  ) => readonly Check[];
}

/** Gives a verifier the type of its own flags, and the registry one type for all. */
export function defineVerifier<Own extends Flags>(verifier: Verifier<Own>): Verifier {
  const own = (values: ValuesOf<Flags>) => values as ValuesOf<Own>;
  const { allowsHttp, ...rest } = verifier;
  return {
    ...rest,
    // The values were read by the very flags that the type parameter stands for.
    origin: (values) => verifier.origin(own(values)),
    ...(allowsHttp === undefined ? {} : { allowsHttp: (values) => allowsHttp(own(values)) }),
    checks: (values, subject, env) => verifier.checks(values as ValuesOf<Own> & CommonValues, subject, env),
  };
}

/** All flags of a verifier, its own first; one of its own takes the place of a common one. */
export function flagsOf<Own extends Flags>({ flags }: Verifier<Own>): Own & typeof commonFlags {
  return { ...flags, ...commonFlags, ...flags };
}

/** For the verifiers that ask as an operator. */
export const TOKEN_ENVIRONMENT: Readonly<Record<string, string>> = {
  MEHO_ACCESS_TOKEN: "an operator's bearer token",
};

/** What is said of HELM_DRIVER wherever it is read. */
export const HELM_DRIVER_HELP = 'where helm keeps its records: secret (the default) or configmap';

/** Where connections and credentials come from; every verifier reads these. */
export const COMMON_ENVIRONMENT: Readonly<Record<string, string>> = {
  DATABASE_URL: "the backplane's database, in the form the backplane takes it",
  KUBECONFIG: 'kubeconfig file or files',
  HELM_DRIVER: HELM_DRIVER_HELP,
  ...NETWORK_ENVIRONMENT,
  NO_COLOR: 'no colours',
};
