import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';

/** `never` hangs. */
export type JobEnd = 'complete' | 'failed' | 'never';

export interface RecordChartValues {
  readonly note: string;
  readonly migrate?: JobEnd;
  readonly test?: JobEnd;
  readonly back?: JobEnd;
  /** A volume that nobody provides, so that helm waits. */
  readonly stuck?: boolean;
  /** Must be on the node. */
  readonly image?: string;
}

/**
 * A minimal chart for capturing records: a ConfigMap, hooks with chosen ends, optionally something that never becomes
 * ready.
 */
export async function recordChart(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'record-chart-'));
  await mkdir(path.join(folder, 'templates'));
  const files = {
    'Chart.yaml': stringify({ apiVersion: 'v2', name: 'recorded', version: '0.1.0' }),
    'templates/content.yaml': CONTENT,
    'templates/hooks.yaml': HOOKS,
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, name), text);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const CONTENT = `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-content }
data: { note: {{ .Values.note | quote }} }
{{- if .Values.stuck }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: {{ .Release.Name }}-stuck }
spec: { storageClassName: none, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }
{{- end }}
`;

/** Encodes the Job's end in its pod, and in a label for clusters without pods. */
const HOOKS = `{{- range $name, $event := dict "migrate" "pre-install,pre-upgrade" "test" "test" "back" "pre-rollback" }}
{{- with get $.Values $name }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $.Release.Name }}-{{ $name }}
  labels: { app.kubernetes.io/name: meho, app.kubernetes.io/instance: {{ $.Release.Name }}, app.kubernetes.io/component: {{ $name }}, end: {{ . }} }
  annotations: { helm.sh/hook: "{{ $event }}", helm.sh/hook-delete-policy: "before-hook-creation{{ if ne . "failed" }},hook-succeeded{{ end }}" }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 0
      containers:
        - name: job
          image: {{ $.Values.image | default "none" }}
          imagePullPolicy: Never
          args: [{{ get (dict "complete" "entrypoint-tester" "failed" "no-such-command" "never" "pause") . }}]
{{- end }}
{{- end }}
`;
