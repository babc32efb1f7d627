import path from 'node:path';
import { wantsColour } from '../config.ts';
import type { Result } from '../contract/check.ts';
import { networkPolicyChecks } from '../contract/network-policy.ts';
import { runChecks } from '../contract/run-checks.ts';
import type { PolicyLook } from '../policy/look.ts';
import type { Matrix } from '../policy/matrix.ts';
import { documentOf, type MatrixDocument } from '../policy/report/document.ts';
import { keepReports } from '../policy/report/keep.ts';
import { terminalOf } from '../policy/report/terminal.ts';
import { painted } from '../report/output.ts';
import type { Environment } from './environment.ts';
import { rolloutDeadlineMs } from './install-contract.ts';
import type { Site } from './site.ts';

/** Makes the checks of who may talk to whom, in their order. */
export function checkPolicy(
  { api, request }: Environment,
  { namespace }: Site,
  look: PolicyLook,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const cluster = { api, namespace, release: request.subject.release, rolloutDeadlineMs };
  return runChecks(networkPolicyChecks(look), { given: { cluster }, missing: {} }, { signal });
}

/** Shows a matrix to whoever watches the run, on stderr where its lines go. */
export function showMatrix(document: MatrixDocument): void {
  painted(process.stderr, `${terminalOf(document, { colour: wantsColour(process.stderr) })}\n`);
}

/** Keeps a matrix among the run's artefacts: as a page, a document, JUnit XML and text. */
export async function keepMatrix(
  { request, cluster, judged }: Environment,
  { namespace }: Site,
  matrix: Matrix,
): Promise<MatrixDocument> {
  const { distribution, kubernetesVersion, policyEngine } = await cluster.describe();
  const { chart, release } = request.subject;
  const image = `${judged.repository}:${judged.tag}`;
  const subject = {
    release,
    namespace,
    chart: path.basename(chart),
    image,
    distribution,
    kubernetesVersion,
    policyEngine,
  };
  const document = documentOf(matrix, subject);
  await keepReports(path.join(request.artefacts, 'network-policy'), document);
  return document;
}
