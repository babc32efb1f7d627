// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like templates

/** A change to a workflow and the linter's rule that it breaks. */
export type CoveredChange = readonly [rule: string, from: string, to: string];

const checkout = 'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2';

const concurrency = `
concurrency:
  group: chart-\${{ github.ref }}
  # A push is never cut off, or it might be between the chart's push and its signature: of those that wait the newest goes on.
  cancel-in-progress: \${{ github.event_name == 'pull_request' }}
`;

/** Changes to chart.yml. What the linters find by themselves needs no rule here. */
export const coveredChanges: readonly CoveredChange[] = [
  // zizmor
  ['unpinned-uses', checkout, 'actions/checkout@v6'],
  ['unpinned-uses', checkout, 'actions/checkout@main # v6.0.2'],
  ['unpinned-uses', checkout, 'actions/checkout@v6.0.2'],
  ['excessive-permissions', '\npermissions:\n  contents: read\n', '\n'],
  ['excessive-permissions', '\npermissions:\n  contents: read\n', '\npermissions: write-all\n'],
  ['excessive-permissions', '    permissions: {}', '    permissions: write-all'],
  ['undocumented-permissions', '      packages: write #', '      packages: write\n      actions: read #'],
  ['artipacked', '        with:\n          persist-credentials: false\n', ''],
  ['concurrency-limits', concurrency, '\n'],
  ['template-injection', '    steps:\n', "    steps:\n      - run: echo '${{ github.sha }}'\n"],
  ['template-injection', '    steps:\n', "    steps:\n      - run: echo '${{ github.head_ref }}'\n"],
  ['cache-poisoning', '      - run: npm ci', '      - uses: actions/cache@v4\n      - run: npm ci'],
  // actionlint
  ['expression', '    steps:\n', "    steps:\n      - run: echo '${{ github.head_ref }}'\n"],
  ['expression', "github.event_name == 'push'", "github.evnt_name == 'push'"],
  ['expression', "github.event_name == 'push'", "secrets.GITHUB_TOKEN != ''"],
  ['job-needs', 'needs: validate', 'needs: validation'],
  ['syntax-check', '\npermissions:', '\nx-permissions:'],
  ['syntax-check', '\nconcurrency:', '\nx-concurrency:'],
  ['runner-label', 'runs-on: meho-runners-ci', 'runs-on: meho-runners'],
  // shellcheck, by actionlint
  ['SC2086', '          node publishing/pull.ts', '          rm -rf $nobody/x\n          node publishing/pull.ts'],
];
