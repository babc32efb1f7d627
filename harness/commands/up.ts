import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { usage } from '@meho/core/command-line/usage';
import { out } from '@meho/core/report/output';
import { phaseTable } from '@meho/core/report/timeline';
import { markHeld } from '@meho/core/runs/held';
import { temporaryFolder } from '@meho/core/runs/temporary';
import { holds, waitFor } from '@meho/core/wait/wait-for';
import { imagesOf } from '@meho/images/catalog';
import { type Environment, startEnvironment } from '../release/environment/environment.ts';
import { ownSubject } from '../release/environment/request.ts';
import { lookCommands, shellCommand } from '../release/evidence/look-commands.ts';
import { commonVariables, readInput, workCodes } from './calling/input.ts';
import { nodeFlag } from './calling/node-flag.ts';
import type { Command } from './command.ts';
import { alone } from './reuse/held.ts';
import { foundationFile } from './reuse/use-up.ts';
import { prepare } from './running/prepare.ts';
import { withOwnedRun } from './running/with-owned-run.ts';

const lookEveryMs = 10_000;
const answerDeadlineMs = 120_000;

/** Ends by a signal: Ctrl-C, or that of `npm run down`. */
export const up: Command = {
  name: 'up',
  summary: 'bring up a cluster with its services, and keep it for runs with --use up',
  usage: usage({
    command: 'npm run up --',
    summary:
      'Brings up the cluster, services and ingress controller that a run uses, prints how to use them, and keeps them until Ctrl-C or npm run down.',
    flags: nodeFlag,
    environment: commonVariables,
    exitCodes: workCodes,
  }),
  run(args, context) {
    const { values, settings } = readInput(nodeFlag, args);
    const { progress, timeline, signal } = context;
    const problem = 'HOLDER is up already; use it with --use up, or end it by `npm run down`';
    return alone('npm run up', problem, signal, () =>
      withOwnedRun(
        context,
        async (run, engine) => {
          await prepare(settings, context, imagesOf(values));
          const folder = await temporaryFolder(run);
          const { labels } = run;
          const made = { settings, labels, artefacts: folder, subject: ownSubject, ownerCleansUp: true };
          const request = { ...made, ...values };
          const environment = await startEnvironment(request, { progress, signal });
          await environment.share?.(foundationFile(folder));
          const lines = await usageOf(environment, folder, engine.host);
          await markHeld(run, 'up');
          progress.note(`\n${phaseTable(timeline.phases, timeline.elapsedMs)}\n`);
          out(`up as run ${run.id}, until Ctrl-C here or \`npm run down\`:\n${lines.join('\n')}\n`);
          return stay(environment, signal);
        },
        'up',
      ),
    );
  },
};

async function usageOf(environment: Environment, folder: string, engine: string): Promise<readonly string[]> {
  const { authority, ingress, kubeconfigFile, openId, postgres, valkey, vault } = environment;
  const [certificates, variables] = [path.join(folder, 'ca.pem'), path.join(folder, 'services.env')];
  await writeFile(certificates, authority.certificatePem);
  const services = {
    ...{ OIDC_ISSUER: openId.issuer, VAULT_ADDR: vault.url, VALKEY_URL: valkey.urlFromTests() },
    POSTGRES_URL: await postgres.createAdministrator(),
    ...{ TOKENS_URL: `${openId.control.url}/tokens`, TOKENS_KEY: openId.control.key },
  };
  const text = Object.entries(services).map(([name, value]) => `export ${name}=${shellCommand(value)}\n`);
  await writeFile(variables, text.join(''), { mode: 0o600 });
  const { host, port } = ingress.address;
  const health = 'https://NAMESPACE.meho.example.com/healthz';
  const reach = shellCommand('curl', '--cacert', certificates, '--connect-to', `::${host}:${port}`, health);
  return [
    '  npm run acceptance -- --use up --suite smoke',
    '  npm run faults -- --use up smoke',
    ...lookCommands(kubeconfigFile, environment).map((line) => `  ${line}`),
    `  ${reach}   (a release in NAMESPACE)`,
    `  ${shellCommand('docker', '--host', engine, 'ps')}`,
    `  . ${shellCommand(variables)}   (secret: ${Object.keys(services).join(', ')}); and then an operator's token:`,
    `  curl --header "authorization: Bearer $TOKENS_KEY" --json '{"username":"operator","kind":"sound"}' "$TOKENS_URL"`,
  ];
}

/** Never returns. @throws WaitError when the cluster has ended; the signal's reason */
async function stay({ api }: Environment, signal: AbortSignal): Promise<never> {
  for (;;) {
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    await waitFor("the cluster's API server to answer", async () => holds(await api.text('/readyz')), {
      deadlineMs: answerDeadlineMs,
      signal,
    });
  }
}
