import { usage } from '@meho/core/command-line/usage';
import { fleetSoakFlags, soakFleet } from '../soak/soak-fleet.ts';
import { inputFlags, soakInputs } from '../soak/soak-inputs.ts';
import { killFlags, soakKills } from '../soak/soak-kills.ts';
import { labSoakFlags, soakLab } from '../soak/soak-lab.ts';
import { policyFlags, soakPolicies } from '../soak/soak-policies.ts';
import { prSmokeSoakFlags, soakPrSmokes } from '../soak/soak-pr-smokes.ts';
import { commonVariables, verdictCodes } from './calling/input.ts';
import type { Command } from './command.ts';

const kinds = {
  kills: soakKills,
  policies: soakPolicies,
  'pr-smokes': soakPrSmokes,
  lab: soakLab,
  inputs: soakInputs,
  fleet: soakFleet,
} as const;

/** For nights: too long for each merge; `npm test` has samples. */
export const soak: Command = {
  name: 'soak',
  summary:
    'kill runs at random moments and look for what they leave; try random policies; smoke pull requests at once; all suites on an existing lab; random inputs and misbehaving servers; a fleet of 200 releases: kills, policies, pr-smokes, lab, inputs, fleet',
  usage: [
    usage({
      command: 'npm run soak -- [kills]',
      summary: 'Ends runs by SIGINT and SIGKILL in turn, each at a random moment, while another run stands by.',
      flags: killFlags,
      environment: commonVariables,
      exitCodes: verdictCodes,
    }),
    usage({
      command: 'npm run soak -- policies',
      summary: 'Holds what NetworkPolicy objects are computed to say against a cluster, for random policies.',
      flags: policyFlags,
      environment: commonVariables,
      exitCodes: verdictCodes,
    }),
    usage({
      command: 'npm run soak -- pr-smokes',
      summary: 'Smokes several pull requests at once on one cluster, and prints what each took.',
      flags: prSmokeSoakFlags,
      environment: commonVariables,
      exitCodes: verdictCodes,
    }),
    usage({
      command: 'npm run soak -- lab',
      summary:
        "Runs the suites on an existing cluster with the lab's identity, and reads the whole audit log afterwards.",
      flags: labSoakFlags,
      environment: commonVariables,
      exitCodes: verdictCodes,
    }),
    usage({
      command: 'npm run soak -- inputs',
      summary:
        'Runs the verifiers on random flags, files, variables and misbehaving servers, and looks at how each run ends.',
      flags: inputFlags,
      environment: commonVariables,
      exitCodes: verdictCodes,
    }),
    usage({
      command: 'npm run soak -- fleet',
      summary:
        'Verifies a fleet of stand-ins that answer over TLS, by the packed command, and measures time and memory.',
      flags: fleetSoakFlags,
      environment: commonVariables,
      exitCodes: verdictCodes,
    }),
  ].join('\n'),
  run(args, context) {
    const [first = 'kills', ...rest] = args;
    return isKind(first) ? kinds[first](rest, context) : kinds.kills(args, context);
  },
};

function isKind(text: string): text is keyof typeof kinds {
  return Object.hasOwn(kinds, text);
}
