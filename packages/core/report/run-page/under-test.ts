import { html, type Markup } from '../markup.ts';
import type { TestSubject } from '../run-report.ts';
import { sortable } from './sortable.ts';

export function underTestFacts(subject: TestSubject | undefined): Markup {
  if (subject === undefined) {
    return html`<p>There was no cluster: none was needed, or it did not come up.</p>`;
  }
  const { cluster, chart, release, image } = subject;
  const facts: readonly (readonly [string, string])[] = [
    ['image', image.reference],
    ['commit', image.gitSha],
    ['chart', `${chart.name} ${chart.version} (${chart.reference})`],
    ['release', release],
    ['cluster', `${cluster.distribution} ${cluster.kubernetesVersion}`],
    ['policy engine', cluster.policyEngine],
    ['node', cluster.origin],
  ];
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

const origins = { engine: 'the engine had it', registry: 'pulled from a registry', built: 'built from its recipe' };

export function imageTable({ images }: TestSubject): Markup {
  const rows = images.map(
    ({ name, reference, id, origin }) =>
      html`<tr><th scope="row">${name}</th><td>${reference}</td><td class="host">${id}</td><td>${origins[origin]}</td></tr>`,
  );
  return sortable('images', 'Images, with their digests', ['Image', 'Reference', 'Digest', 'Where it came from'], rows);
}
