extension HTMLPage {
  /// The rules every page has: colours, type, tables, figures.
  static let style: StaticString = """
    :root{color-scheme:light dark;--back:#fbfbfa;--card:#fff;--text:#1d2126;--dim:#5d6672;--line:#d9dde2;
    --accent:#0b63c5;--bar:#9cc3ee;--bar2:#f0b878;--cut:#c02638;--mark:#fff3c4;
    --k0:#0b63c5;--k1:#b3500a;--k2:#0f7a3d;--k3:#8b2fb5;--k4:#b0195f;--k5:#0b7285;--k6:#7a6200;--k7:#5b5fc7}
    @media (prefers-color-scheme:dark){:root{--back:#14171a;--card:#1c2024;--text:#e6e8ea;--dim:#a0a8b2;
    --line:#363c43;--accent:#79b4f5;--bar:#2c5b91;--bar2:#8a5a1c;--cut:#ff7a85;--mark:#4d4213;
    --k0:#79b4f5;--k1:#f5a55c;--k2:#5fd08a;--k3:#d29af0;--k4:#ff8fb8;--k5:#58d3e6;--k6:#e3c74a;--k7:#a5a9ff}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:80rem;padding:1rem;background:var(--back);color:var(--text);
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
    h1{font-size:1.5rem;margin:.2rem 0;overflow-wrap:anywhere}
    h2{font-size:1.1rem;margin:0 0 .6rem}
    h3{font-size:1rem;margin:1rem 0 .3rem}
    p{margin:.3rem 0}
    p,li{overflow-wrap:anywhere}
    a{color:var(--accent)}
    code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
    font-size:.92em;unicode-bidi:isolate;overflow-wrap:anywhere}
    section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem;
    margin:1rem 0;min-width:0}
    :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    .dim{color:var(--dim)}
    .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:0 1rem}
    .tiles{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}
    .tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.5rem .9rem;
    flex:1 1 8rem}
    .tiles b{display:block;font-size:1.25rem;font-variant-numeric:tabular-nums}
    dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;margin:0}
    dt{color:var(--dim)}
    dd{margin:0;overflow-wrap:anywhere}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%}
    th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line);
    vertical-align:top}
    th{color:var(--dim);font-weight:normal}
    td:first-child code{display:inline-block;min-width:6em}
    .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    svg text{fill:var(--text);font-size:13px}
    svg .label{font-size:12px}
    svg .dim{fill:var(--dim);font-size:12px}
    .bar{fill:var(--bar)}
    .bar2{fill:var(--bar2)}
    .sortable th button{background:none;border:0;padding:0;color:inherit;text-align:inherit}
    .sortable th[aria-sort]{color:var(--text)}
    .sortable th[aria-sort=ascending] button::after{content:" ▲"}
    .sortable th[aria-sort=descending] button::after{content:" ▼"}
    .legend i{display:inline-block;width:.8em;height:.8em;background:var(--bar);margin:0 .3em 0 0}
    .legend i+i,.legend .second{background:var(--bar2);margin-left:1em}
    .chart{margin:0 0 .8rem}
    .chart p{margin:0;font-size:.85rem}
    .plot{padding:8px 16px 24px 40px}
    .plot svg{display:block;overflow:visible}
    .grid{stroke:var(--line)}
    .band{fill:transparent}
    .band:hover{fill:var(--dim);fill-opacity:.15}
    .plot path{fill:none;vector-effect:non-scaling-stroke;stroke-width:1.4;stroke-linejoin:round}
    .plot path.bold{stroke-width:3}
    .plot path.faint{stroke:var(--dim);stroke-opacity:.25;stroke-width:1}
    .plot path:hover{stroke-opacity:1;stroke-width:4}
    .plot circle{fill:var(--card);stroke:var(--cut);stroke-width:2.5}
    .plot text.mark{stroke:var(--card);stroke-width:4px;paint-order:stroke;font-weight:600}
    .chart .under{text-align:center}
    .key{list-style:none;margin:.4rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.1rem 1rem;font-size:.85rem}
    .key li{min-width:0}
    .key i{display:inline-block;width:1.4em;height:0;border-top:2px solid;margin:0 .4em 0 0;vertical-align:middle}
    .key i.bold{border-top-width:4px}
    .k0{stroke:var(--k0);color:var(--k0)}.k1{stroke:var(--k1);color:var(--k1)}.k2{stroke:var(--k2);color:var(--k2)}
    .k3{stroke:var(--k3);color:var(--k3)}.k4{stroke:var(--k4);color:var(--k4)}.k5{stroke:var(--k5);color:var(--k5)}
    .k6{stroke:var(--k6);color:var(--k6)}.k7{stroke:var(--k7);color:var(--k7)}
    .matrix{width:auto}
    .matrix td,.matrix th{padding:.15rem .35rem;border:1px solid var(--line);font-variant-numeric:tabular-nums}
    .matrix td{text-align:right;min-width:2.1rem}
    .matrix th[scope=row]{position:sticky;left:0;background:var(--card);text-align:right;white-space:nowrap}
    .matrix th[scope=col]{vertical-align:bottom;padding:.3rem .1rem}
    .matrix th span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}
    .matrix .none{color:var(--line);text-align:center}
    .matrix .good{background:color-mix(in srgb,var(--bar) var(--shade,0%),transparent)}
    .matrix .bad{background:color-mix(in srgb,var(--bar2) var(--shade,0%),transparent)}
    .meters .row{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:.2rem 1rem;padding:.3rem 0;
    border-bottom:1px solid var(--line);align-items:center}
    .meters .row:last-child{border-bottom:0}
    .meters small{display:block}
    .meters .values{display:grid;grid-template-columns:minmax(0,1fr) minmax(4.5rem,max-content);gap:.1rem .6rem;align-items:center}
    .meter i{display:block;height:.75rem;border-radius:2px;background:var(--bar);min-width:1px}
    .meter i.second{background:var(--bar2)}
    .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:1rem}
    .panel{margin:0;min-width:0;max-width:34rem}
    .panel svg{display:block;width:100%;height:auto}
    figcaption{margin:0 0 .3rem}
    .axis{stroke:var(--line);stroke-width:1}
    .bound{stroke:var(--cut);stroke-width:1;stroke-dasharray:4 3;fill:none}
    .frame{fill:none;stroke:var(--line)}
    .heat{fill:var(--accent)}
    svg .onheat{fill:var(--text);font-size:11px;paint-order:stroke;stroke:var(--card);stroke-width:3px}
    .part0{fill:#e08a2e}.part1{fill:#5fa777}.part2{fill:#4f8fd6}.part3{fill:#a678c8}
    .legend .swatch0{background:#e08a2e}.legend .swatch1{background:#5fa777}
    .legend .swatch2{background:#4f8fd6}.legend .swatch3{background:#a678c8}
    button,input{font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);
    border-radius:6px;padding:.3rem .7rem}
    button{cursor:pointer}
    summary{cursor:pointer}
    @media (max-width:600px){body{padding:.5rem}section{padding:.7rem}dl{grid-template-columns:1fr;gap:0}
    dd{margin-bottom:.4rem}}
    @media print{section{break-inside:avoid}}

    """
}
