import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { selectorOf } from '@meho/helm/subject';
import type { ReleaseContext } from '../faults/fault.ts';

export const baselineName = 'a shell with curl, kubectl and helm';
const timeoutMs = 60_000;

const start = `set -euo pipefail
ask() { curl --silent --show-error --max-time 10 --cacert "$CA" --connect-to "$HOST:443:$ADDRESS" "$@"; }
`;
const migrated = `test -z "$(kubectl -n "$NAMESPACE" get jobs -l "$SELECTOR,app.kubernetes.io/component=migrate" -o name)"
helm -n "$NAMESPACE" status "$RELEASE" -o json | grep -q '"status":"deployed"'
`;

/** Repeats a verifier's checks with an operator's tools. */
export const looks = {
  install: `${start}
kubectl -n "$NAMESPACE" rollout status deployment -l "$SELECTOR" --timeout=60s >/dev/null
${migrated}
test "$(ask -o /dev/null -w '%{http_code}' "https://$HOST/healthz")" = 200
ask "https://$HOST/version" | grep -q "\\"git_sha\\":\\"$SHA"
test "$(ask -o /dev/null -D "$HEADERS" -w '%{http_code}' "https://$HOST/api/v1/health")" = 401
grep -qi '^x-request-id: .' "$HEADERS"
test "$(ask -o /dev/null -H @"$AUTHORIZATION" -w '%{http_code}' "https://$HOST/api/v1/health")" = 200
`,
  // Without the audit row, as an operator may have no psql.
  smoke: `${start}
answer="$(ask --fail -H @"$AUTHORIZATION" "https://$HOST/api/v1/health")"
grep -q '"sub":"..*"' <<<"$answer"
grep -q '"reachable":true' <<<"$answer"
grep -q '"read_ok":true' <<<"$answer"
grep -q '"migrated":true' <<<"$answer"
${migrated}`,
} as const;

/** @returns milliseconds from start to exit */
export async function shell(context: ReleaseContext, script: string): Promise<number> {
  const { environment, installed, folder, signal } = context;
  const { namespace, host } = installed.target;
  const { release } = environment.request.subject;
  // Arguments are visible to everybody on the machine.
  const authorization = path.join(folder, 'authorization');
  const token = await environment.openId.token('operator', { kind: 'sound' });
  await writeFile(authorization, `Authorization: Bearer ${token}\n`, { mode: 0o600 });
  const { host: address, port } = environment.ingress.address;
  const { durationMs } = await run('bash', ['-c', script], {
    env: {
      PATH: [path.dirname(environment.kubectl), path.dirname(environment.helm), environment.request.settings.path].join(
        path.delimiter,
      ),
      KUBECONFIG: environment.kubeconfigFile,
      NAMESPACE: namespace,
      RELEASE: release,
      SELECTOR: selectorOf({ namespace, release }),
      HOST: host,
      ADDRESS: `${address}:${port}`,
      CA: path.join(folder, 'ca.pem'),
      SHA: environment.judged.gitSha,
      HEADERS: path.join(folder, 'headers'),
      AUTHORIZATION: authorization,
    },
    timeoutMs,
    signal,
  });
  return durationMs;
}
