// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates

import type { Flag, Flags } from '@meho/core/command-line/flags';
import { stringify } from 'yaml';
import { setByAction, variableInputs } from './inputs.ts';

const setupNode = 'actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020';

/** Generates inputs from the verifiers' flags. */
export function actionFile(known: ReadonlyMap<string, Flags>): string {
  const inputs = new Map<string, { description: string; required: boolean; default?: string }>([
    ['verifier', { description: `which one: ${[...known.keys()].join(', ')}`, required: true }],
  ]);
  for (const [name, flag, verifiers] of byName(known)) {
    const whose = verifiers.length === known.size ? '' : ` (${verifiers.join(', ')})`;
    inputs.set(name, { description: `${descriptionOf(flag)}${whose}`, required: false, default: '' });
  }
  for (const [name, { help }] of Object.entries(variableInputs)) {
    const given = name === 'github-token' ? '${{ github.token }}' : '';
    inputs.set(name, { description: help, required: false, default: given });
  }
  const outputs = Object.entries({
    verdict: 'passed, failed or error',
    'exit-code': '0 all holds, 1 a check failed, 2 it could not run as asked',
    report: 'path of the JSON report',
    junit: 'path of the JUnit report; empty where the verifier makes none or could not run',
  });
  const action = {
    name: 'MEHO acceptance',
    description: 'Holds a deployment of MEHO to what it promises, by one of its verifiers',
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(
      outputs.map(([name, description]) => [name, { description, value: `\${{ steps.verify.outputs.${name} }}` }]),
    ),
    runs: {
      using: 'composite',
      steps: [
        { uses: setupNode, with: { 'node-version': '24' } },
        {
          id: 'verify',
          shell: 'bash',
          // In a variable: user input never becomes part of a script.
          env: { MEHO_ACTION_INPUTS: '${{ toJSON(inputs) }}' },
          run: 'node "$GITHUB_ACTION_PATH/dist/meho-acceptance.js" action',
        },
      ],
    },
  };
  const head =
    '# Written from the flags of the verifiers: `npx vitest run --project unit packages/verifiers/action -u` writes it anew.\n';
  return `${head}${stringify(action, { lineWidth: 0 }).replace(setupNode, `${setupNode} # v4.4.0`)}`;
}

/** Lists each flag once, with its verifiers. */
function byName(known: ReadonlyMap<string, Flags>): readonly (readonly [string, Flag<unknown>, readonly string[]])[] {
  const found = new Map<string, { readonly flag: Flag<unknown>; readonly verifiers: string[] }>();
  for (const [verifier, flags] of known) {
    for (const [name, flag] of Object.entries(flags)) {
      const entry = found.get(name) ?? { flag, verifiers: [] };
      entry.verifiers.push(verifier);
      found.set(name, entry);
    }
  }
  return [...found]
    .filter(([name]) => !setByAction.includes(name))
    .map(([name, { flag, verifiers }]) => [name, flag, verifiers] as const);
}

function descriptionOf({ help, placeholder, absent }: Flag<unknown>): string {
  const value = placeholder === undefined ? 'true or false' : placeholder;
  const shown = absent?.shown === undefined ? '' : `; default ${absent.shown}`;
  return `${value}: ${help}${shown}`;
}
