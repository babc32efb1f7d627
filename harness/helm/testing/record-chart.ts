import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';

/** How a hook's Job ends; `never` hangs. */
export type JobEnd = 'complete' | 'failed' | 'never';

/** Values of the chart below. */
export interface RecordChartValues {
  /** What the release is made of. */
  readonly note: string;
  /** A migration hook; none where absent. */
  readonly migrate?: JobEnd;
  /** A hook for `helm test`. */
  readonly test?: JobEnd;
  /** A hook that runs before each rollback. */
  readonly back?: JobEnd;
  /** A volume that nobody provides, for whoever waits. */
  readonly stuck?: boolean;
  /** Of the Jobs; it has to be on the node. */
  readonly image?: string;
}

/**
 * A chart that is as small as a record can be, for what helm writes down: a ConfigMap, hooks that end as they are told, and on
 * demand something that helm waits for in vain.
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

/** The Job tells how it is to end twice: by what its pod does, and by a label for where no pods run. */
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
