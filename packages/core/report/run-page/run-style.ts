/** Beside the style that all pages share. */
export const runStyle = `
main { max-width: 84rem; margin: 0 auto; }
h2 { margin-top: 1.4rem; }
h1 { color: var(--soft); font-size: 1rem; font-weight: 600; margin: 0 0 .4rem; }
.first { border: 1px solid var(--line); border-left: .4rem solid var(--soft); padding: .7rem 1rem; background: var(--head); }
.first.tone-good { border-left-color: var(--good); } .first.tone-bad { border-left-color: var(--bad); background: var(--bad-paper); }
.first.tone-unsure { border-left-color: var(--unsure); }
.first .verdict { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .5rem; } .first dl { margin: 0; } .first dt { color: var(--ink); font-weight: 600; }
.mark { display: inline-block; min-width: 1.1em; font-weight: 700; }
.tone-good .mark, .tone-good .state { color: var(--good); } .tone-bad .mark, .tone-bad .state { color: var(--bad); } .tone-unsure .mark, .tone-unsure .state { color: var(--unsure); }
code { font: .92em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
.line { display: block; } code.line { padding: .15rem .4rem; margin-bottom: .2rem; background: var(--head); border: 1px solid var(--line); }
.lines { white-space: pre-wrap; }
.promises .words { display: block; font-weight: 400; color: var(--soft); font-size: .9em; }
.promises th[scope=row] { width: 38%; } .promises td { min-width: 6rem; } .promises td span { display: block; } .promises td .mark, .promises .state .mark { display: inline-block; }
.promises .state { font-weight: 600; white-space: nowrap; } .promises tr.tone-bad { background: var(--bad-paper); } .promises .tone-soft .state { color: var(--soft); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 2rem; }
.pair h2 { margin-top: 1.2rem; } .pair ul { margin: .5rem 0; padding-left: 1.2rem; }
.failure { border: 1px solid var(--line); border-left: .25rem solid var(--bad); padding: .5rem .8rem; margin: .6rem 0; }
.failure h4 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; } .failure .mark { color: var(--bad); } .failure p { margin: .1rem 0 .4rem; }
.failure dt { font-weight: 600; color: var(--ink); }
.chart { display: block; width: 100%; min-width: 44rem; height: auto; } .chart text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.chart .tick { fill: var(--soft); font-size: 11px; } .chart .name { font-weight: 600; } .chart .number-of { font-weight: 700; font-size: 13px; } .chart .cross { fill: var(--bad); }
.chart .axis { stroke: var(--soft); } .chart .moment { stroke: var(--ink); stroke-dasharray: 4 3; } .chart .answered { fill: var(--link); opacity: .55; }
.chart .failed { fill: var(--paper); stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 2 2; } .chart .gap { fill: var(--bad-paper); stroke: var(--bad); stroke-dasharray: 2 3; }
.chart .slowest { fill: none; stroke: var(--unsure); stroke-width: 1.5; } .chart .median { fill: var(--ink); }
.chain { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: .5rem; }
.chain li { border: 1px solid var(--line); border-top: .25rem solid var(--good); padding: .4rem .6rem; margin: 0; } .chain .mark { color: var(--good); } .chain svg { display: block; margin: .2rem 0; } .chain rect { fill: var(--link); }
.chain .violated { border-top-color: var(--bad); background: var(--bad-paper); } .chain .violated .mark { color: var(--bad); }
.chain .unknown, .chain .skipped { border-top-style: dashed; border-top-color: var(--unsure); } .chain .unknown .mark, .chain .skipped .mark { color: var(--unsure); }
@media screen and (max-width: 45rem) {
  body { padding: .8rem; } .first { padding: .6rem .7rem; } .first .verdict { font-size: 1.15rem; }
  dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } dt { font-size: .9em; }
  .promises, .promises tbody, .promises tr, .promises th, .promises td { display: block; width: auto !important; border: 0; }
  .promises thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .promises tr { border: 1px solid var(--line); margin: .5rem 0; padding: .4rem .2rem; } .promises th, .promises td { padding: .1rem .5rem; text-align: left; }
  .promises .named::before { content: attr(data-name) ": "; color: var(--soft); } .promises .empty { display: none; }
  .promises .tone-soft th, .promises .tone-soft td { display: inline-block; } .promises .tone-soft .empty { display: none; }
  summary { padding: .25rem 0; }
}
@media print {
  body { padding: 0; font-size: 10pt; } .failure, .promises tr { break-inside: avoid; } h2, h3, h4 { break-after: avoid; }
  button::after { content: none; }
}
`;
