/** Beside the style that all pages share. Open and closed differ in letter and pattern as well as in colour. */
export const matrixStyle = `
:root { --open: #cfe8fc; --closed: #e7e9ec; --stripe: #d5d9de; --doubt: #fff3c4; --accepted: #7a4b00; }
@media (prefers-color-scheme: dark) { :root { --open: #0d3a63; --closed: #21262d; --stripe: #2d333b; --doubt: #4a3b06; --accepted: #f0b75b; } }
#filter ~ .beside .scroll { max-height: 85vh; width: fit-content; flex: none; }
.beside { display: flex; gap: 1.2rem; align-items: start; } .beside .cell { flex: 1; min-width: 16rem; margin: 0; position: sticky; top: 5rem; max-height: 80vh; overflow: auto; } .beside .cell dl { grid-template-columns: 1fr; }
.grid { width: auto; } .grid thead th { vertical-align: bottom; text-align: center; padding: .3rem .2rem; }
.grid thead th:first-child { text-align: left; z-index: 2; left: 0; } .grid tbody th { position: sticky; left: 0; background: var(--paper); padding: .1rem .6rem .1rem .3rem; }
.grid tbody th br { display: none; } .grid tbody th .host { font-size: .85em; margin-left: .6rem; }
.source { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.grid td { padding: 0; vertical-align: middle; border: 1px solid var(--paper); min-width: 2.1rem; }
.grid td a { display: block; padding: .18rem .2rem; color: var(--ink); text-decoration: none; }
.grid td a:focus-visible { outline: 3px solid var(--link); outline-offset: -3px; }
td.open, .sample.open { background: var(--open); }
td.closed, .sample.closed { background: repeating-linear-gradient(45deg, var(--closed) 0 5px, var(--stripe) 5px 7px); }
td.unknown, .sample.unknown { background: var(--doubt); }
.grid td.FAIL, .sample.FAIL { background: var(--bad-paper); outline: 2px solid var(--bad); outline-offset: -2px; } .grid td.FAIL a { color: var(--bad); font-weight: 700; }
.grid td.accepted, .sample.accepted { outline: 2px dashed var(--accepted); outline-offset: -2px; }
.grid td.chosen { outline: 3px solid var(--link); outline-offset: -3px; }
.grid td.out { background: none; outline: 0; } .grid td.out a { visibility: hidden; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; margin: .4rem 0; }
.sample { display: inline-block; min-width: 1.9rem; text-align: center; font-family: ui-monospace, monospace; padding: .05rem .2rem; }
.cell { border: 1px solid var(--line); border-left: .3rem solid var(--link); padding: .5rem .9rem; margin: .6rem 0; } .cell h3 { margin: 0 0 .3rem; } .cell dt { font-weight: 600; color: var(--ink); }
.cell ul { margin: 0; padding-left: 1.1rem; } .cell.FAIL { border-left-color: var(--bad); }
.graph { display: block; width: 100%; min-width: 46rem; max-width: 70rem; font: 13px system-ui, sans-serif; fill: var(--ink); }
.graph path { fill: none; stroke: var(--link); stroke-width: 1.4; opacity: .55; } .graph .part path { stroke-dasharray: 5 4; }
.graph .FAIL path { stroke: var(--bad); stroke-width: 2.4; opacity: .9; } .graph .mark { fill: var(--bad); font-weight: 700; font-size: 16px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
.graph .edge:hover path { stroke-width: 4; opacity: 1; } .graph .column { fill: var(--soft); font-style: italic; } .graph .edge.out { display: none; }
#filter { position: sticky; top: 0; z-index: 3; background: var(--paper); padding: .4rem 0; border-bottom: 1px solid var(--line); } #filter select { max-width: 15rem; }
tr:target > * { outline: 2px solid var(--link); outline-offset: -2px; }
@media (max-width: 64rem) { .beside { display: block; } #filter ~ .beside .scroll { width: auto; } .beside .cell { position: static; margin: .6rem 0; } }
@media (max-width: 45rem) { body { padding: .8rem; } #filter { position: static; } .grid tbody th { min-width: 9rem; } .grid tbody th .host { display: none; } }
@media print { .grid td.open, .grid td.closed, .grid td.FAIL { print-color-adjust: exact; } #filter ~ .beside .scroll { max-height: none; } tr { break-inside: avoid; } .cell { display: none; } }
/* Evidence of each flow is not for paper: that of a whole matrix would be a hundred pages. */
@media print { #flows details { display: none; } }
`;
