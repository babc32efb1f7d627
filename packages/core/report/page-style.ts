/** Follows the reader's colour scheme; words, not colours, give verdicts. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --line: #d0d7de; --bad: #a40e26;
  --bad-paper: #ffebe9; --good: #116329; --unsure: #7a4b00; --link: #0550ae; --head: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa5b1; --paper: #0d1117; --line: #3d444d;
  --bad: #ffa198; --bad-paper: #3c1618; --good: #7ee787; --unsure: #f0b75b; --link: #79c0ff; --head: #161b22; } }
* { box-sizing: border-box; } [hidden] { display: none !important; }
body { margin: 0; padding: 1.5rem; color: var(--ink); background: var(--paper); font: 14px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.verdict { font-weight: 600; } .bad { color: var(--bad); } .good { color: var(--good); }
.scroll { position: relative; overflow: auto; max-width: 100%; border: 1px solid var(--line); }
.flows { max-height: 80vh; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { position: sticky; top: 0; background: var(--head); z-index: 1; }
tr.FAIL td, tr.FAIL th, td.FAIL { background: var(--bad-paper); }
td.FAIL, tr.FAIL .word { color: var(--bad); font-weight: 600; }
.grid td { text-align: center; font-family: ui-monospace, monospace; } .grid tbody th { font-weight: 400; } #flows td:nth-child(3) { min-width: 14rem; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.host, .rule { color: var(--soft); overflow-wrap: anywhere; } th .host { font-weight: 400; } .rule { min-width: 16rem; }
button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
button::after { content: " \\2195"; color: var(--soft); }
[aria-sort=ascending] button::after { content: " \\2191"; } [aria-sort=descending] button::after { content: " \\2193"; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .5rem 0; }
label { display: grid; gap: .1rem; color: var(--soft); }
input, select { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--soft); padding: .25rem .4rem; }
summary { cursor: pointer; color: var(--link); } li { margin: .2rem 0; overflow-wrap: anywhere; }
pre { margin: .3rem 0; padding: .5rem; overflow: auto; background: var(--head); white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: var(--link); } .number { text-align: right; white-space: nowrap; } h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
.bar { width: 40%; min-width: 12rem; } .bar rect { fill: var(--link); } tr.FAIL .bar rect { fill: var(--bad); }
.depth1 { padding-left: 1.5rem; } .depth2 { padding-left: 2.5rem; } .depth3, .depth4 { padding-left: 3.5rem; }
@media screen and (max-width: 45rem) { .scroll table:not(.grid, .grid table) { min-width: 46rem; } .scroll caption { text-align: left; } }
@media print {
  form { display: none; } .scroll { overflow: visible; max-height: none; border: 0; } thead th { position: static; }
  /* Paper doesn't scroll. */
  table { font-size: 8.5pt; } th, td { min-width: 0 !important; padding: .15rem .25rem; }
  td, td .host, th .host { overflow-wrap: anywhere; } th, td.word, td.key { overflow-wrap: normal; }
  /* Paper unfolds nothing. */
  details::details-content { content-visibility: visible; block-size: auto; } summary { color: var(--ink); list-style: none; }
  tr { break-inside: avoid; } svg { max-width: 100%; min-width: 0 !important; }
}
`;
