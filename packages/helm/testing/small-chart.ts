import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';

export interface SmallChart extends AsyncDisposable {
  readonly folder: string;
}

/**
 * The smallest chart the checks accept: a Deployment and a migration hook with the contract's labels. Values: `image`,
 * `args`, `replicas`, `note` (changes the pods), `secret`, `readinessPort`, and for the hook `migrate` (its arguments;
 * no hook without) and `serviceAccount`.
 */
export async function smallChart(): Promise<SmallChart> {
  const folder = await mkdtemp(path.join(tmpdir(), 'small-chart-'));
  await mkdir(path.join(folder, 'templates'));
  await writeFile(path.join(folder, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'small', version: '0.1.0' }));
  await writeFile(path.join(folder, 'templates', 'deployment.yaml'), DEPLOYMENT);
  await writeFile(path.join(folder, 'templates', 'migration-job.yaml'), MIGRATION_JOB);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const LABELS = `app.kubernetes.io/name: meho, app.kubernetes.io/instance: {{ .Release.Name | quote }}`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }}-server, labels: { ${LABELS} } }
spec:
  replicas: {{ .Values.replicas | default 1 }}
  selector: { matchLabels: { ${LABELS} } }
  template:
    metadata: { labels: { ${LABELS} }, annotations: { note: {{ .Values.note | default "none" | quote }} } }
    spec:
      terminationGracePeriodSeconds: 0
      automountServiceAccountToken: false
      containers:
        - name: meho
          image: {{ .Values.image }}
          imagePullPolicy: Never
          args: {{ .Values.args | default (list "netexec" "--http-port=8080") | toJson }}
          {{- with .Values.secret }}
          envFrom: [{ secretRef: { name: {{ . }} } }]
          {{- end }}
          readinessProbe: { httpGet: { path: /healthz, port: {{ .Values.readinessPort | default 8080 }} }, periodSeconds: 1 }
`;

const MIGRATION_JOB = `{{- if .Values.migrate }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-schema
  labels: { ${LABELS}, app.kubernetes.io/component: migrate }
  annotations: { helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded" }
spec:
  backoffLimit: 0
  template:
    metadata: { labels: { ${LABELS}, app.kubernetes.io/component: migrate } }
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 0
      serviceAccountName: {{ .Values.serviceAccount | default "default" }}
      containers:
        - { name: migrate, image: {{ .Values.image }}, imagePullPolicy: Never, args: {{ .Values.migrate | toJson }} }
{{- end }}
`;
