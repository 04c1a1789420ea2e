/** The page's whole style. No url(), no @import: nothing is fetched. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#5c6570;--line:#d8dde3;--soft:#f4f6f8;--bad:#b3261e;--mark:#fdecea;--note:#8a5a00;
--own:#f6a5a0;--standard:#c9d7ea;--other:#d3e6c4;--runtime:#dfe2e6;--keyword:#8f1eae;--string:#0a6b2d;--number:#0b6e80;--comment:#69727d;--type:#1d4fb8}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e4e7ea;--dim:#9aa4af;--line:#343b43;--soft:#1d2126;--bad:#ff8a80;--mark:#3a2020;--note:#e9b949;
--own:#8d3f3a;--standard:#34496a;--other:#3f5a2f;--runtime:#3a4048;--keyword:#d58bf0;--string:#82d49a;--number:#7fd3e3;--comment:#8b96a2;--type:#8fb4ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
code,pre,svg text,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px}
h1{margin:0;font-size:1.35rem;line-height:1.35;color:var(--bad);white-space:pre-wrap;overflow-wrap:anywhere}
h2{margin:2rem 0 .6rem;padding-bottom:.25rem;border-bottom:1px solid var(--line);font-size:1.05rem}
h3{margin:1rem 0 .3rem;font-size:.95rem}
p{margin:.4rem 0}
ul{margin:.3rem 0;padding-left:1.3rem}
.findings{font-weight:600}.findings li{overflow-wrap:anywhere}
.lead{font-size:1.05rem;overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:.4rem;margin:.8rem 0;padding:0;list-style:none}
.facts li{padding:.05rem .55rem;border:1px solid var(--line);border-radius:1rem;color:var(--dim);font-size:.85rem;overflow-wrap:anywhere}
.redacted{padding:.5rem .8rem;border:1px solid var(--note);border-radius:.4rem;color:var(--note)}
.dim{color:var(--dim)}
.note{color:var(--note)}
pre{margin:.5rem 0;padding:.6rem .8rem;overflow-x:auto;border:1px solid var(--line);border-radius:.4rem;background:var(--soft);line-height:1.45}
pre .no{display:inline-block;min-width:3.5em;padding-right:1em;color:var(--dim);text-align:right;user-select:none}
pre .row{display:block;min-height:1.45em}
pre .current{margin:0 -.8rem;padding:0 .8rem;background:var(--mark)}
pre .current .no{color:var(--bad);font-weight:600}
.keyword{color:var(--keyword)}.string{color:var(--string)}.number{color:var(--number)}.comment{color:var(--comment)}.type{color:var(--type)}.function{font-weight:600}
table{width:100%;border-collapse:collapse;margin:.4rem 0}
th,td{padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--dim);font-weight:500;font-size:.85rem}
td code{overflow-wrap:anywhere;white-space:pre-wrap}
td.name{white-space:nowrap}
details{margin:.25rem 0;border:1px solid var(--line);border-radius:.4rem}
details>*:not(summary){margin-left:.8rem;margin-right:.8rem}
summary{padding:.35rem .8rem;cursor:pointer;overflow-wrap:anywhere}
summary:hover{background:var(--soft)}
details.died,details.stuck{border-color:var(--bad)}
td details{border:0;margin:0}td summary{padding:0}td details>*:not(summary){margin:.3rem 0}
.place{color:var(--dim)}
.count{display:inline-block;min-width:3em;font-weight:600;text-align:right;padding-right:.6em}
svg.flame{display:block;width:100%;height:auto;margin:.6rem 0}
svg.flame text{fill:var(--fg);font-size:11px}
svg.flame rect{fill:var(--runtime)}
svg.flame .own rect{fill:var(--own)}svg.flame .standard rect{fill:var(--standard)}svg.flame .other rect{fill:var(--other)}
svg.flame g:hover rect{stroke:var(--fg);stroke-width:1}
.legend span{white-space:nowrap;padding:.05rem .5rem;border-radius:.25rem;font-size:.85rem;margin-right:.4rem}
.legend .own{background:var(--own)}.legend .standard{background:var(--standard)}.legend .other{background:var(--other)}.legend .runtime{background:var(--runtime)}
svg.waits{display:block;margin:.6rem 0}svg.waits.fitted{max-width:100%;height:auto;min-width:40rem}
svg.waits text{fill:var(--fg);font-size:11px;text-anchor:middle}svg.waits text.dim{fill:var(--dim);font-size:10px}
svg.waits rect{fill:var(--soft);stroke:var(--line)}svg.waits .object rect{fill:var(--standard)}
svg.waits .stuck rect{stroke:var(--bad);stroke-width:1.5}
svg.waits .arrow{fill:none;stroke:var(--dim)}svg.waits .arrow.refers{stroke-dasharray:4 3}svg.waits .arrow.cycle{stroke:var(--bad);stroke-width:1.8}
svg.waits .tip{fill:var(--dim)}svg.waits .tip.cycle{fill:var(--bad)}
.wide{overflow-x:auto;background:linear-gradient(to right,var(--bg) 1rem,transparent) left/2rem 100% no-repeat local,linear-gradient(to left,var(--bg) 1rem,transparent) right/2rem 100% no-repeat local,
linear-gradient(to right,var(--dim),transparent) left/.6rem 100% no-repeat,linear-gradient(to left,var(--dim),transparent) right/.6rem 100% no-repeat}
.legend .cycle{border:1.5px solid var(--bad)}
footer{margin-top:2.5rem;padding-top:.6rem;border-top:1px solid var(--line);color:var(--dim);font-size:.85rem;overflow-wrap:anywhere}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#444;--line:#bbb;--soft:#fff;--mark:#eee;--bad:#900;--note:#640;
--own:#f6a5a0;--standard:#dde6f2;--other:#e2efd8;--runtime:#eee;--keyword:#000;--string:#000;--number:#000;--comment:#444;--type:#000}
body{max-width:none;padding:0;font-size:10pt}code,pre{font-size:8.5pt}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
.wide{overflow:visible;background:none}svg.waits,svg.waits.fitted{max-width:100%;min-width:0;height:auto}
h2{break-after:avoid}tr,pre .row{break-inside:avoid}
details::details-content{content-visibility:visible;display:block;height:auto}summary{list-style:none}}
`;
