import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CHART_FOLDER } from '../chart-folder.ts';
import { recordOf } from '../recorded.ts';
import { mutatedChart } from './mutated-chart.ts';

export interface NamedMutant {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The record that shows it; `metadata`: no render does, Chart.yaml itself is looked at. */
  readonly shownBy: 'seed-block' | 'every-option' | 'every-warning' | 'metadata';
}

const seed = (what: string, file: string, from: string, to: string): NamedMutant => ({
  ...{ what, file, from, to },
  shownBy: 'seed-block',
});
const deployment = 'templates/deployment.yaml';
const job = 'templates/migration-job.yaml';
const broadcast = 'charts/broadcast/templates/deployment.yaml';
const helpers = 'templates/_helpers.tpl';
const broadcastHelpers = 'charts/broadcast/templates/_helpers.tpl';
const lastWords = ['terminationMessagePolicy: FallbackToLogsOnError', 'terminationMessagePolicy: File'] as const;
const links = ['enableServiceLinks: false', 'enableServiceLinks: true'] as const;

/** Changes that survived the chart's tests when somebody tried. */
export const NAMED: readonly NamedMutant[] = [
  seed('default requests', 'values.yaml', 'cpu: 100m', 'cpu: 10m'),
  seed('default limits', 'values.yaml', 'memory: 1Gi', 'memory: 2Gi'),
  seed('default replicas', 'values.yaml', 'replicaCount: 1', 'replicaCount: 2'),
  seed('default pull policy', 'values.yaml', 'pullPolicy: IfNotPresent', 'pullPolicy: Always'),
  seed('the broadcast’s requests', 'charts/broadcast/values.yaml', 'memory: 64Mi', 'memory: 32Mi'),
  seed('the broadcast’s limits', 'charts/broadcast/values.yaml', 'memory: 256Mi', 'memory: 512Mi'),
  seed('the broadcast’s pull policy', 'charts/broadcast/values.yaml', 'IfNotPresent', 'Always'),
  seed(
    'label helm.sh/chart',
    helpers,
    'helm.sh/chart: {{ printf "%s-%s" .Chart.Name',
    'helm.sh/chart: {{ printf "%s-%s" .Chart.Type',
  ),
  seed('label part-of', helpers, 'part-of: meho', 'part-of: other'),
  seed('label version', helpers, '{{ .Chart.AppVersion | replace', '{{ .Chart.Version | replace'),
  seed('the broadcast’s part-of', broadcastHelpers, 'part-of: meho', 'part-of: other'),
  seed('the backplane’s service links', deployment, ...links),
  seed('the migration’s service links', job, ...links),
  seed('the broadcast’s service links', broadcast, ...links),
  seed('the backplane’s last words', deployment, ...lastWords),
  seed('the migration’s last words', job, ...lastWords),
  seed('the broadcast’s last words', broadcast, ...lastWords),
  seed('Valkey’s user', 'charts/broadcast/values.yaml', 'runAsUser: 999', 'runAsUser: 1000'),
  seed('Valkey’s liveness probe', broadcast, 'initialDelaySeconds: 5', 'initialDelaySeconds: 500'),
  seed('Valkey’s bind', broadcastHelpers, 'bind * -::*', 'bind 127.0.0.1'),
  seed('Valkey’s protected mode', broadcastHelpers, 'protected-mode no', 'protected-mode yes'),
  {
    what: 'the version of ExternalSecret',
    file: 'templates/externalsecrets.yaml',
    from: 'external-secrets.io/v1\n',
    to: 'external-secrets.io/v1beta1\n',
    shownBy: 'every-option',
  },
  {
    what: 'a warning of the notes',
    file: 'templates/NOTES.txt',
    from: 'WARNING: {{ . }}',
    to: '',
    shownBy: 'every-warning',
  },
  { what: 'the oldest Kubernetes', file: 'Chart.yaml', from: '>=1.28.0-0', to: '>=1.27.0-0', shownBy: 'metadata' },
];

/** Whether what is recorded is no longer what it renders. */
export async function isCaught(helm: string, { file, from, to, shownBy }: NamedMutant): Promise<boolean> {
  await using mutant = await mutatedChart(file, (text) => {
    if (!text.includes(from)) {
      throw new Error(`expected ${file} to hold ${JSON.stringify(from)}: name the mutant anew`);
    }
    return text.replace(from, to);
  });
  if (shownBy === 'metadata') {
    const floor = (chart: string): unknown => parse(readFileSync(`${chart}/Chart.yaml`, 'utf8')).kubeVersion;
    return floor(mutant.chart) !== floor(`${CHART_FOLDER}/charts/broadcast`);
  }
  const recorded = readFileSync(new URL(`../renders/${shownBy}.yaml`, import.meta.url), 'utf8');
  return (await recordOf(helm, mutant.chart, shownBy)) !== recorded;
}
