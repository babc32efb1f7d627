import path from 'node:path';
import type { Result } from '@meho/contract/check';
import { networkPolicyChecks } from '@meho/contract/network-policy';
import { runChecks } from '@meho/contract/run-checks';
import { wantsColour } from '@meho/core/config/terminal';
import { writeColoured } from '@meho/core/report/output';
import type { Matrix } from '@meho/network-policy/matrix';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import { documentOf, type MatrixDocument } from '@meho/network-policy/report/document';
import { keepReports } from '@meho/network-policy/report/keep';
import { terminalOf } from '@meho/network-policy/report/terminal';
import type { Environment } from '../environment/environment.ts';
import { rolloutDeadlineMs } from '../install/install-contract.ts';
import type { InstallTarget } from '../install-target/install-target.ts';

export function checkPolicy(
  { api, request }: Environment,
  { namespace }: InstallTarget,
  measurement: PolicyMeasurement,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const cluster = { api, namespace, release: request.subject.release, rolloutDeadlineMs };
  return runChecks(networkPolicyChecks(measurement), { inputs: { cluster }, missing: {} }, { signal });
}

export function showMatrix(document: MatrixDocument): void {
  writeColoured(process.stderr, `${terminalOf(document, { colour: wantsColour(process.stderr) })}\n`);
}

/** Writes HTML, JSON, JUnit XML and text to the artefacts. */
export async function keepMatrix(
  { request, cluster, judged }: Environment,
  { namespace }: InstallTarget,
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
    policyEngine: policyEngine.title,
  };
  const document = documentOf(matrix, subject);
  await keepReports(path.join(request.artefacts, 'network-policy'), document);
  return document;
}
